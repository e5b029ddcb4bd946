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
            """)

    @Argument(
        help: "Sections: \(BenchmarkPart.allCases.map(\.rawValue).joined(separator: ", ")) (default: all).")
    var sections: [BenchmarkPart] = []

    @OptionGroup var workspace: Workspace

    @Option(help: "Threads (default: all cores).")
    var threads: Int?

    @Flag(help: "Run everything once, in seconds, to see that it runs; the numbers mean nothing.")
    var quick = false

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
    }

    func run() throws {
        let folder = BenchmarkFolder(results: workspace.resultsRoot)
        if markdown { return try printMarkdown(folder) }
        let session = BenchmarkSession(
            networks: BenchmarkNetworks(library: workspace.library), folder: folder, workspace: workspace,
            threads: threads ?? ProcessInfo.processInfo.activeProcessorCount, isQuick: quick)
        try session.run(sections.isEmpty && !compare ? BenchmarkPart.allCases : sections)
        if compare {
            try Comparison(
                session: session, python: try peerPython(), usesAllModes: allModes, rounds: quick ? 1 : rounds
            ).run()
        }
        try draw(folder)
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
