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

/// A process of `bench`, which alone starts it.
struct BenchWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-worker", abstract: "Measure one network on orders from standard input.",
        shouldDisplay: false)

    @Argument(help: "The model.")
    var model: String

    @Argument(help: "The normalization: none, bn or lrn.")
    var variant: String

    @Option(help: "What it trains on: random, data or bytes.")
    var input = BenchmarkWorker.Input.random

    @Option(help: "Threads.")
    var threads: Int

    @OptionGroup var workspace: Workspace

    func run() throws {
        let orders = Mailbox<MeasurementOrder>.orders()
        let subject = try BenchmarkNetworks(library: workspace.library).network(model, variant)
        let team = Team(threads: threads)
        let work = try work(subject, team)
        try work[.train]?.body()
        reply(
            MeasurementReply(
                parameters: subject.network.parameterCount, multiplyAdds: subject.network.multiplyAdds,
                program: "normlab \(Normlab.version)"))
        while true {
            let order = orders.next()
            guard let (images, body) = work[order.work] else {
                throw ValidationError("there is no work '\(order.work.rawValue)' on \(input.rawValue)")
            }
            reply(MeasurementReply(imagesPerSecond: try Self.rate(images: images, seconds: order.seconds, body)))
        }
    }

    private typealias Work = [MeasurementOrder.Work: (images: Int, body: () throws -> Void)]

    private func work(_ subject: BenchmarkNetwork, _ team: Team) throws -> Work {
        switch input {
        case .bytes:
            let run = try WholeRunData(subject, images: 1024, team: team)
            return [.train: (subject.batch, run.train), .run: (run.imagesPerEpoch, run.runEpoch)]
        case .data:
            let feed = try BenchmarkData.feed(workspace.dataSearch, batch: subject.batch, team: team)
            let probe = TrainingProbe(subject, team: team, fill: feed)
            return [.train: (subject.batch, probe.train)]
        case .random:
            let probe = TrainingProbe(subject, team: team)
            return [.train: (subject.batch, probe.train), .infer: (subject.batch, probe.infer)]
        }
    }

    /// Images a second: what is done until the seconds are over, once at least.
    private static func rate(images: Int, seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        var count = 0
        var elapsed = 0.0
        repeat {
            try body()
            count += images
            elapsed = (ContinuousClock.now - start) / .seconds(1)
        } while elapsed < seconds
        return Double(count) / elapsed
    }

    private func reply(_ reply: MeasurementReply) {
        var reply = reply
        reply.memory = ProcessStatus.peakMemory
        Terminal.print(JSONLine.text(reply).trimmingCharacters(in: .newlines))
    }
}
