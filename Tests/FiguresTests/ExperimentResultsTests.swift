import Foundation
import Testing

@testable import Figures
@testable import Results

@Suite struct ExperimentResultsTests {
    private func withResults(
        _ experiment: SyntheticExperiment = SyntheticExperiment(), _ body: (URL) throws -> Void
    ) throws {
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func change(_ folder: URL, _ path: String, _ change: (String) -> String) throws {
        let file = folder.appending(path: path)
        try change(String(contentsOf: file, encoding: .utf8)).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test func readsAnExperiment() throws {
        try withResults { folder in
            let results = try ExperimentResults(folder: folder)
            #expect(results.facts.name == "mnist-mlp")
            #expect(results.facts.source == "Ioffe & Szegedy 2015, §4.1, Figure 1")
            #expect(results.facts.steps == 300)
            #expect(!results.facts.isSynthetic)
            #expect(results.arms.map(\.name) == ["baseline", "batch-norm", "batch-norm-high-rate", "high-rate"])
            #expect(results.arms[2].label == "Batch normalization, rate × 10")
            #expect(results.runs.count == 12)
            let diverged = try #require(results.results(of: results.arms[3]).first)
            #expect(diverged.status == .diverged)
            #expect(diverged.divergedAt == 93)
            #expect(diverged.testAccuracy?.isNaN == true)
            let figures = try FigureList.read(folder.appending(path: "figures.yaml"))
            #expect(figures.map(\.name) == SyntheticExperiment.allFigures.map(\.name))
            #expect((figures[2] as? ActivationQuantiles)?.tap == "hidden3/activation-input")
        }
    }

    @Test func armsStandInDeclaredOrder() throws {
        try withResults { folder in
            try change(folder, "arms.csv") { text in
                let lines = text.split(separator: "\n")
                return ([lines[0]] + lines.dropFirst().reversed()).joined(separator: "\n") + "\n"
            }
            let results = try ExperimentResults(folder: folder)
            #expect(results.arms.first?.name == "baseline")
        }
    }

    @Test func interruptedRunsAreNoResults() throws {
        try withResults { folder in
            try change(folder, "runs.csv") {
                $0.replacing("\"baseline\",2,finished", with: "\"baseline\",2,interrupted")
            }
            let results = try ExperimentResults(folder: folder)
            #expect(results.results(of: results.arms[0]).map(\.seed) == [1, 3])
            let footnote = Footnote(results, arms: results.arms)
            #expect(footnote.text.contains("Left out, not finished: baseline/seed-2."))
        }
    }

    @Test func batchesThatDifferAreSaid() throws {
        try withResults { folder in
            #expect(
                try !Footnote(ExperimentResults(folder: folder), arms: ExperimentResults(folder: folder).arms).text
                    .contains("A step is"))
            try change(folder, "settings.csv") { _ in
                "arm,key,value\nbaseline,batch,60\nbatch-norm,batch,30\nbatch-norm-high-rate,batch,60\nhigh-rate,batch,60\n"
            }
            let results = try ExperimentResults(folder: folder)
            #expect(
                Footnote(results, arms: results.arms).text.contains(
                    "A step is 60 images (Baseline, Batch normalization, rate × 10 and Baseline, rate × 10) and 30 images"
                ))
            let alike = results.arms.filter { $0.name != "batch-norm" }
            #expect(!Footnote(results, arms: alike).text.contains("A step is"))
            // Arms of a sweep over the batch say it in their labels.
            var swept = results.arms
            for index in swept.indices {
                swept[index].label += " (batch=\(swept[index].name == "batch-norm" ? 30 : 60))"
            }
            #expect(!Footnote(results, arms: swept).text.contains("A step is"))
        }
    }

    @Test func unknownStatusHasItsLine() throws {
        try withResults { folder in
            try change(folder, "runs.csv") { $0.replacing("\"baseline\",2,finished", with: "\"baseline\",2,lost") }
            #expect(
                throws: CSVError.unknownWord(
                    file: "runs.csv", line: 3, column: "status", found: "lost",
                    expected: ["running", "interrupted", "finished", "diverged"])
            ) { try ExperimentResults(folder: folder) }
        }
    }

    @Test func onlyACrossEntropyIsMeasuredInNats() throws {
        func unit(_ lines: String) throws -> String {
            let text = "key,value\nexperiment,e\ndataset,mnist\nprofile,quick\nsynthetic,false\n\(lines)"
            return try ExperimentFacts(CSVTable(bytes: Array(text.utf8), name: "experiment.csv")).lossUnit
        }
        #expect(try unit("loss,cross-entropy\n") == " (nats)")
        #expect(try unit("loss,squared-error\n") == "")
        // Where arms differ, and in a file of before there was a choice.
        #expect(try unit("loss,\n") == "")
        #expect(try unit("") == " (nats)")
    }

    @Test(arguments: ["experiment.csv", "arms.csv", "runs.csv", "figures.yaml"])
    func missingTablesAreNamed(file: String) throws {
        try withResults { folder in
            try FileManager.default.removeItem(at: folder.appending(path: file))
            #expect(throws: FigureError.data(.unreadable(file: file, reason: "there is no such file"))) {
                try FigureRenderer.renderAll(experimentFolder: folder)
            }
        }
    }

    @Test func factsMustBeThere() throws {
        try withResults { folder in
            try change(folder, "experiment.csv") { $0.replacing("dataset,mnist\n", with: "") }
            #expect(throws: CSVError.missingKey(file: "experiment.csv", key: "dataset")) {
                try ExperimentResults(folder: folder)
            }
        }
    }

    @Test func aSweptArmsNameStandsForItsPoints() throws {
        var experiment = FigureGalleryTests.experiment("sweep")
        experiment.steps = 20
        experiment.seeds = [1]
        try withResults(experiment) { folder in
            let results = try ExperimentResults(folder: folder)
            let points = results.arms.filter { $0.base == "batch-norm" }.map(\.name)
            #expect(points.count == 20)
            #expect(try results.arms(["batch-norm"]).arms.map(\.name) == points)
            let pattern = "*@rate=1,deviation=0.1"
            #expect(
                try results.arms([points[0], pattern, points[0]]).arms.map(\.name)
                    == [points[0], "baseline@rate=1,deviation=0.1", "batch-norm@rate=1,deviation=0.1"])
            let error = #expect(throws: FigureError.self) { try results.arms(["batch-nrom"]) }
            #expect(error?.description.hasPrefix("arms is 'batch-nrom'; expected arms among baseline@rate=") == true)
        }
    }

    @Test func sweptArmsKnowTheirBase() {
        let arm = ArmRecord(
            name: "batch-norm@rate=0.1,deviation=1", label: "BN (γ, β) (rate=0.1, deviation=1)", order: 0, color: 0)
        #expect(arm.base == "batch-norm")
        #expect(arm.baseLabel == "BN (γ, β)")
        #expect(ArmRecord(name: "lrn", label: "LRN (n = 5)", order: 0, color: 0).baseLabel == "LRN (n = 5)")
    }

    @Test(arguments: [[], ["measures.csv"], ["shift.csv"], ["measures.csv", "shift.csv"]])
    func eitherFileMayBeMissing(missing: [String]) throws {
        var experiment = SyntheticExperiment()
        experiment.steps = 60
        experiment.seeds = [1]
        experiment.arms = Array(experiment.arms.prefix(1))
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in missing {
            try FileManager.default.removeItem(at: folder.appending(path: "baseline/seed-1/\(file)"))
        }
        let results = try ExperimentResults(folder: folder)
        let measured = try results.measured(results.arms)
        #expect(measured.quantities.contains("gradient-shift") == !missing.contains("measures.csv"))
        #expect(measured.quantities.contains("wasserstein") == !missing.contains("shift.csv"))
        if missing.count == 2 {
            let error = #expect(throws: FigureError.self) { try FigureText.figure("shift-map").draw(results) }
            #expect(error?.description.contains("expected a quantity that was measured; none was") == true)
        }
    }
}
