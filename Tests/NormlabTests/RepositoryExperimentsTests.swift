import Figures
import Foundation
import Testing

/// Every experiment of the repository, a few steps of every arm, on the drawn digits: what is listed works.
@Suite struct RepositoryExperimentsTests {
    static let names: [String] = {
        let folder = Program.repository.appending(path: "Experiments").path
        let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix("Models/") }
            .map { URL(filePath: $0).deletingPathExtension().lastPathComponent }.sorted()
    }()

    @Test func thereAreExperiments() {
        #expect(Set(Self.names).isSuperset(of: ["lenet", "mnist-mlp", "mnist-mlp-sweep"]))
    }

    @Test(arguments: names)
    func reproducesInSmoke(name: String) throws {
        let results = try TemporaryLaboratory([:])
        let outcome = try results.program.run(
            "reproduce", name, "-p", "smoke", "--root", Program.repository.path, "--results", results.root.path,
            "--dataset", "glyphs")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let folder = "smoke/\(name)@dataset=glyphs"
        let files = try results.files(folder)

        try checkFigures(files, FigureList.read(results.root.appending(path: "\(folder)/\(FigureList.file)")))
        #expect(
            try StrictCSV(#require(files["claims.csv"])).header.starts(with: [
                "claim", "paper", "disputed-by", "statement",
            ]))
        let experiment = try StrictCSV(#require(files["experiment.csv"]))
        let facts = Dictionary(uniqueKeysWithValues: experiment.rows.map { ($0[0], $0[1]) })
        #expect(facts["dataset"] == "glyphs")
        #expect(facts["synthetic"] == "true")
        try checkRuns(files, trains: facts["steps"] != "0")
    }

    /// A PNG, an SVG and the plotted numbers for each figure that was asked for.
    private func checkFigures(_ files: [String: Data], _ declared: [any FigureKind]) throws {
        #expect(!declared.isEmpty)
        for figure in declared.map(\.name) {
            let png = try PNGFile(#require(files["\(figure).png"], "\(figure)"))
            #expect(png.width >= 600 && png.height >= 400, "\(figure): \(png.width) × \(png.height)")
            #expect(png.bitDepth == 8)
            let svg = String(decoding: try #require(files["\(figure).svg"]), as: UTF8.self)
            #expect(svg.contains("<svg ") && svg.hasSuffix("</svg>\n"))
            #expect(try !StrictCSV(#require(files["\(figure).csv"])).rows.isEmpty)
        }
    }

    /// Every table of every run, by an independent reader, and what must be true of its numbers.
    private func checkRuns(_ files: [String: Data], trains: Bool) throws {
        let tables = files.filter { $0.key.hasSuffix(".csv") }
        for (path, data) in tables.sorted(by: { $0.key < $1.key }) {
            let table: StrictCSV
            do {
                table = try StrictCSV(data)
            } catch {
                Issue.record("\(path): \(error)")
                continue
            }
            switch path.split(separator: "/").last {
            case "train.csv":
                let configuration = files[path.replacing("train.csv", with: "config.yaml")]
                let text = String(decoding: try #require(configuration), as: UTF8.self)
                try checkTraining(table, trains: trains && !text.contains("\n  model: none\n"), path)
            case "eval.csv": try checkEvaluations(table, path)
            case "activations.csv": try checkPercentiles(table, ["p15", "p50", "p85"], path)
            case "layers.csv":
                let names = ["minimum", "p7", "p16", "p31", "p50", "p69", "p84", "p93", "maximum"]
                try checkPercentiles(table, names, path)
            case "histograms.csv": try checkHistograms(table, path)
            default: break
            }
        }
        let runs = try StrictCSV(#require(files["runs.csv"]))
        #expect(try runs.column("status").allSatisfy { ["finished", "diverged"].contains($0) })
        let folders = Set(files.keys.filter { $0.hasSuffix("/run.json") })
        #expect(folders.count == runs.rows.count)
    }

    private func checkTraining(_ table: StrictCSV, trains: Bool, _ path: String) throws {
        let steps = try table.numbers("step").compactMap(\.self)
        #expect(steps == (0..<steps.count).map { Double($0 + 1) }, "\(path)")
        // An experiment of no steps measures, and trains nothing.
        #expect(steps.isEmpty != trains, "\(path)")
        #expect(try table.numbers("rate").allSatisfy { ($0 ?? 0) > 0 }, "\(path)")
        _ = try table.numbers("loss")
    }

    private func checkEvaluations(_ table: StrictCSV, _ path: String) throws {
        let known = ["none", "moving-average", "plain-average", "population", "batch"]
        #expect(try table.column("statistics").allSatisfy(known.contains), "\(path)")
        #expect(
            try table.numbers("accuracy").allSatisfy { $0.map { $0.isNaN || (0...1).contains($0) } ?? false }, "\(path)"
        )
    }

    private func checkPercentiles(_ table: StrictCSV, _ names: [String], _ path: String) throws {
        let columns = try names.map { try table.numbers($0) }
        for (lower, upper) in zip(columns, columns.dropFirst()) {
            let isOrdered = zip(lower, upper).allSatisfy { lower, upper in
                guard let lower, let upper else { return false }
                return lower <= upper || lower.isNaN || upper.isNaN
            }
            #expect(isOrdered, "\(path)")
        }
        #expect(try table.numbers("deviation").allSatisfy { $0.map { $0 >= 0 || $0.isNaN } ?? false }, "\(path)")
    }

    /// Each tensor is counted in whole, and its bins meet each other.
    private func checkHistograms(_ table: StrictCSV, _ path: String) throws {
        let (steps, taps) = (try table.column("step"), try table.column("tap"))
        let (lefts, rights) = (try table.numbers("left"), try table.numbers("right"))
        let counts = try table.numbers("count")
        var totals: [String: [String: Double]] = [:]
        for row in table.rows.indices {
            totals[taps[row], default: [:]][steps[row], default: 0] += counts[row] ?? .nan
            let continues = row > 0 && taps[row] == taps[row - 1] && steps[row] == steps[row - 1]
            if continues ? lefts[row] != rights[row - 1] : lefts[row] != -.infinity {
                Issue.record("\(path): row \(row + 1) does not begin where the one before ends")
                return
            }
        }
        for (tap, totals) in totals { #expect(Set(totals.values).count == 1, "\(path): \(tap)") }
    }
}
