import ArgumentParser
import Benchmarks
import Experiments
import Figures
import Foundation
import Kernels
import Running

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the machine, kernels, layers, networks, scaling, start-up and the cost of observing.",
        discussion: """
            Every number is the median of several repeats after a warm-up. Results/Benchmarks has them all as CSV, and \
            figures made from those. With --compare, PyTorch and JAX run the same networks in turns with this program; \
            `make bench-peers` installs them.

                normlab bench networks --model bn-inception --batch 8           a model of Experiments/Models
                normlab bench networks layers --model ./mine.yaml --threads 1   a file of your own
                normlab bench --compare --model vgg-plain                       against other frameworks
            """)

    @Argument(
        help: "Sections: \(BenchmarkPart.allCases.map(\.rawValue).joined(separator: ", ")) (default: all).")
    var sections: [BenchmarkPart] = []

    @OptionGroup var workspace: Workspace

    @Option(help: "Threads (default: all cores).")
    var threads: Int?

    @Flag(help: "Run everything once, in seconds, to see that it runs; the numbers mean nothing.")
    var quick = false

    @Option(
        help: "Measure this model, by its name or file, on the input it names (default section: networks).",
        completion: .file(extensions: ["yaml", "yml"]))
    var model: String?

    @Option(help: "Images of a training step of --model.")
    var batch: Int?

    @Option(help: "Change a setting of --model: normalization=batch-norm. Repeatable.")
    var set: [String] = []

    @Flag(help: "Compare with PyTorch and JAX; no section runs unless it is named.")
    var compare = false

    @Option(help: "The Python that has PyTorch and JAX (default: that of Benchmarks/.venv).")
    var python: String?

    @Flag(help: "Compare with every mode of the other frameworks, not only with the fastest of each network.")
    var allModes = false

    @Option(help: "Rounds of a comparison, ours and theirs in turns.")
    var rounds = 5

    @Flag(help: "Print the results that are there as Markdown, and measure nothing.")
    var markdown = false

    func validate() throws {
        try RunOptions.check("--threads", threads, 1...256)
        try RunOptions.check("--rounds", rounds, 1...1000)
        try RunOptions.check("--batch", batch, 1...1_000_000)
        if model == nil {
            if batch != nil { throw ValidationError("--batch is the batch of a --model; name one") }
            if !set.isEmpty { throw ValidationError("--set changes a setting of a --model; name one") }
        } else if let other = sections.first(where: { !BenchmarkPart.ofOneModel.contains($0) }) {
            let names = BenchmarkPart.ofOneModel.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("\(other.rawValue) does not measure a --model; the sections that do are \(names)")
        } else if compare, !set.isEmpty {
            throw ValidationError("--compare measures networks that other frameworks know, without --set")
        }
    }

    func run() throws {
        let networks = BenchmarkNetworks(library: workspace.library)
        let subject = try model.map { try networks.network(ofModel: $0, batch: batch, set: set) }
        let folder = BenchmarkFolder(results: workspace.resultsRoot, model: subject?.name)
        if markdown { return try printMarkdown(folder) }
        let session = BenchmarkSession(
            networks: networks, folder: folder, workspace: workspace,
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, isQuick: quick, subject: subject)
        let usual = subject == nil ? BenchmarkPart.allCases : [.networks]
        try session.run(sections.isEmpty && !compare ? usual : sections)
        if compare {
            try Comparison(
                session: session, python: try peerPython(), usesAllModes: allModes, rounds: quick ? 1 : rounds
            ).run()
        }
        if subject == nil {
            try draw(folder)
        } else {
            Terminal.print("Results in \(folder.url.path)")
        }
    }

    private func peerPython() throws -> URL {
        let file =
            python.map { URL(filePath: $0) }
            ?? workspace.rootFolder.appending(path: "Benchmarks/.venv/bin/python")
        guard FileManager.default.isExecutableFile(atPath: file.path) else {
            Terminal.error("there is no \(file.path): install PyTorch and JAX with  make bench-peers")
            throw ExitCode.failure
        }
        return file
    }

    private func draw(_ folder: BenchmarkFolder) throws {
        var drawn: [URL] = []
        do {
            drawn = try BenchmarkFigures.render(folder: folder.url)
        } catch {
            // As after kernels on a number of threads whose peak was not measured.
            guard case .nothingToDraw(let reason) = error else { throw error }
            Terminal.note("note: no figure: \(reason)")
        }
        let names = ["*.csv"] + drawn.map(\.lastPathComponent)
        Terminal.print("Results and figures in \(folder.url.path): \(names.joined(separator: ", "))")
    }

    private func printMarkdown(_ folder: BenchmarkFolder) throws {
        guard let machine = try folder.machine() else {
            Terminal.error("no results in \(folder.url.path): run  normlab bench")
            throw ExitCode.failure
        }
        Terminal.print(machine)
        for section in BenchmarkFolder.sections {
            for table in SectionTables.tables(of: section, try folder.read(section: section)) {
                Terminal.print("\n" + table.markdown)
            }
        }
    }
}
