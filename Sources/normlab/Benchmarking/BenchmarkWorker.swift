import ArgumentParser
import Benchmarks
import Datasets
import Experiments
import Foundation
import Kernels
import Results
import Running

/// An order to a process that measures; `Benchmarks/peers.py` takes the same.
struct MeasurementOrder: Codable, Sendable {
    let work: Work
    /// About how long: once at least.
    let seconds: Double

    /// Something that a network does.
    enum Work: String, Codable {
        case train
        case infer
        /// Epochs of a whole run.
        case run
    }
}

/// What a process that measures says: once when its first training step is done, and once for every order.
struct MeasurementReply: Codable {
    /// Trainable numbers; in the first reply.
    var parameters: Int?
    /// Multiply-adds of the forward pass of one image; in the first reply.
    var multiplyAdds: Int?
    /// Images a second of an order.
    var imagesPerSecond: Double?
    /// The most memory that was resident so far, in bytes.
    var memory: Int?
    /// The program's name and version; in the first reply.
    var program: String?

    enum CodingKeys: String, CodingKey {
        case parameters, memory, program
        case multiplyAdds = "multiply-adds"
        case imagesPerSecond = "images-per-second"
    }
}

/// A worker that measures one network: ours, or another framework's.
final class BenchmarkWorker {
    /// What a network trains on.
    enum Input: String, ExpressibleByArgument {
        case random
        /// The first batch of a real data set.
        case data
        /// Random bytes, drawn and normalized as a whole run does.
        case bytes
    }

    /// What it said when its first training step was done.
    let ready: MeasurementReply
    /// Seconds from its start until then.
    let startup: Double
    /// Its number, for the system.
    var identifier: Int32 { process.identifier }

    private let name: String
    private let log: URL
    private let process: WorkerProcess
    private let answers: Answers

    /// Its replies, and its end.
    private typealias Answers = Mailbox<WorkerProcess.Message>

    /// Starts a process and waits until its first training step is done. `log` is where its standard error goes.
    init(_ name: String, _ executable: URL? = Bundle.main.executableURL, arguments: [String], log: URL) throws {
        (self.name, self.log) = (name, log)
        let answers = Answers()
        let start = ContinuousClock.now
        process = try WorkerProcess(executable, arguments: arguments, log: log) { answers.post($0) }
        ready = try Self.reply(from: answers, name, log)
        startup = (ContinuousClock.now - start) / .seconds(1)
        self.answers = answers
    }

    convenience init(
        _ subject: BenchmarkNetwork, _ input: Input, in workspace: Workspace, threads: Int, log: URL
    ) throws {
        try self.init(
            "normlab",
            arguments: [
                BenchWorker.configuration.commandName ?? "", subject.name, subject.variant, "--input", input.rawValue,
                "--batch", "\(subject.batch)", "--threads", "\(threads)", "--root", workspace.rootFolder.path,
            ], log: log)
    }

    /// Waits until it is gone, so that it takes nothing from what is measured next.
    deinit {
        process.release()
        while (try? reply()) != nil {}
    }

    func measure(_ work: MeasurementOrder.Work, seconds: Double) throws -> MeasurementReply {
        begin(work, seconds: seconds)
        return try reply()
    }

    /// Has it begin with work of about so many seconds; ``reply()`` waits for the end.
    func begin(_ work: MeasurementOrder.Work, seconds: Double) {
        process.give(MeasurementOrder(work: work, seconds: seconds))
    }

    /// What it says when the work that it began with is done.
    func reply() throws -> MeasurementReply { try Self.reply(from: answers, name, log) }

    /// The next line that is a reply; whatever else it prints is passed over.
    private static func reply(from answers: Answers, _ name: String, _ log: URL) throws -> MeasurementReply {
        while true {
            let message = answers.next()
            switch message {
            case .line(let line):
                if let reply = try? JSONLine.value(MeasurementReply.self, in: line) { return reply }
            case .ended(let termination):
                // The end stays known, for whoever asks again.
                answers.post(message)
                throw WorkerProcess.Failure(
                    description: "\(name) gave no answer: \(termination); what it said is in \(log.path)")
            }
        }
    }
}

/// `startup`: seconds from the start of the process to its first finished training step, in processes of their own; on
/// random numbers, and on real data where this machine has some.
struct StartupSection: BenchmarkSection {
    static let name = "startup"

    let networks: [BenchmarkNetwork]
    let workspace: Workspace
    let threads: Int
    let repeats: Int
    /// Where the processes' errors go.
    let log: URL

    func run(_ report: (BenchmarkResult) -> Void) throws {
        for subject in networks {
            try measure(subject, .random, report)
            if subject.network.input.channels == 1, BenchmarkData.isHere(workspace.dataSearch) {
                try measure(subject, .data, report)
            }
        }
    }

    private func measure(
        _ subject: BenchmarkNetwork, _ input: BenchmarkWorker.Input, _ report: (BenchmarkResult) -> Void
    ) throws {
        var seconds: [Double] = []
        var memory: [Double] = []
        for _ in 0..<repeats {
            let worker = try BenchmarkWorker(subject, input, in: workspace, threads: threads, log: log)
            seconds.append(worker.startup)
            if let bytes = worker.ready.memory { memory.append(Double(bytes) / 1e6) }
        }
        let samples: [(BenchmarkMetric, [Double])] = [(.startup, seconds), (.peakMemory, memory)]
        for (metric, values) in samples where !values.isEmpty {
            report(
                BenchmarkResult(
                    section: Self.name, name: "\(subject.name)/\(subject.variant)",
                    variant: input == .data ? "real data" : "random numbers", batch: subject.batch, threads: threads,
                    metric, Sample(values)))
        }
    }
}

/// `side-by-side`: whole runs in one process on all threads, and in as many processes as there are threads, each on one: what
/// `--jobs` decides between.
struct SideBySideSection: BenchmarkSection {
    static let name = "side-by-side"

    let networks: [BenchmarkNetwork]
    let workspace: Workspace
    let threads: Int
    let repeats: Int
    /// Seconds of one repeat.
    let seconds: Double
    /// Where the processes' errors go.
    let log: URL

    func run(_ report: (BenchmarkResult) -> Void) throws {
        for subject in networks {
            func worker(threads: Int) throws -> BenchmarkWorker {
                try BenchmarkWorker(subject, .bytes, in: workspace, threads: threads, log: log)
            }
            let alone = [try worker(threads: threads)]
            let together = try (0..<threads).map { _ in try worker(threads: 1) }
            var rates: (alone: [Double], together: [Double]) = ([], [])
            // In turns, so that whatever else the machine does meets both alike; the first turn warms up.
            for turn in 0...repeats {
                let rate = (try rate(of: alone), try rate(of: together))
                if turn == 0 { continue }
                rates.alone.append(rate.0)
                rates.together.append(rate.1)
            }
            func make(_ variant: String, threads: Int, _ values: [Double]) {
                report(
                    BenchmarkResult(
                        section: Self.name, name: "\(subject.name)/\(subject.variant)", variant: variant,
                        batch: subject.batch, threads: threads, .wholeRun, Sample(values)))
            }
            make("one run", threads: threads, rates.alone)
            make("\(Phrase.count(threads, "run")) at a time", threads: 1, rates.together)
        }
    }

    /// Images a second of processes that work at the same time, all together.
    private func rate(of workers: [BenchmarkWorker]) throws -> Double {
        for worker in workers { worker.begin(.run, seconds: seconds) }
        return try workers.reduce(0) { $0 + (try $1.reply().imagesPerSecond ?? 0) }
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

    @Option(help: "Images of a training step.")
    var batch: Int

    @Option(help: "Threads.")
    var threads: Int

    @OptionGroup var workspace: Workspace

    func run() throws {
        let orders = Mailbox<MeasurementOrder>.orders()
        let subject = try BenchmarkNetworks(library: workspace.library).network(model, variant, batch: batch)
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
