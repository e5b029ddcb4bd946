import ArgumentParser
import Benchmarks
import Foundation
import Harness
import Kernels

/// `normlab bench-worker`: measures one network in a process of its own, on orders from standard input. `bench` starts it,
/// nobody else.
struct BenchWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-worker", abstract: "Measure one network on orders from standard input.",
        shouldDisplay: false)

    @Argument(help: "The model.")
    var model: String

    @Argument(help: "The normalization: none, bn or lrn.")
    var variant: String

    @Option(help: "What it trains on: random, data or bytes.")
    var input = OwnWorker.Input.random

    @Option(help: "Threads.")
    var threads: Int

    @OptionGroup var laboratory: Laboratory

    func run() throws {
        try Ending.reporting {
            let subject = try BenchmarkNetworks(laboratory.library).network(model, variant)
            let team = Team(threads: threads)
            let work = try work(subject, team)
            try work[.train]?.body()
            try reply(
                WorkerReply(
                    parameters: subject.network.parameterCount, multiplyAdds: subject.network.multiplyAdds,
                    program: "normlab \(Version.number)"))
            while let line = readLine() {
                let words = line.split(separator: " ")
                guard words.count == 2, let order = WorkerOrder(rawValue: String(words[0])),
                    let seconds = Double(words[1]), let (images, body) = work[order]
                else { throw ValidationError("'\(line)' is no order; expected one such as 'train 1.0'") }
                try reply(WorkerReply(imagesPerSecond: Self.rate(images: images, seconds: seconds, body)))
            }
        }
    }

    private typealias Work = [WorkerOrder: (images: Int, body: () throws -> Void)]

    private func work(_ subject: BenchmarkNetwork, _ team: Team) throws -> Work {
        switch input {
        case .bytes:
            let run = try WholeRunData(subject, images: 1024, team: team)
            return [.train: (subject.batch, run.train), .run: (run.imagesPerEpoch, run.runEpoch)]
        case .data:
            let feed = try BenchmarkData.feed(laboratory.dataSearch, batch: subject.batch, team: team)
            let probe = TrainingProbe(subject, team: team, fill: feed)
            return [.train: (subject.batch, probe.train)]
        case .random:
            let probe = TrainingProbe(subject, team: team)
            return [.train: (subject.batch, probe.train), .infer: (subject.batch, probe.infer)]
        }
    }

    /// Images a second: what is done until the seconds are over, once at least.
    private static func rate(images: Int, seconds: Double, _ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var count = 0
        var elapsed = 0.0
        repeat {
            try body()
            count += images
            elapsed = Double((clock.now - start) / .nanoseconds(1)) / 1e9
        } while elapsed < seconds
        return Double(count) / elapsed
    }

    private func reply(_ reply: WorkerReply) throws {
        var reply = reply
        reply.memory = ProcessStatus.peakMemory
        Terminal.say(String(decoding: try JSONEncoder().encode(reply), as: UTF8.self))
    }
}

extension OwnWorker.Input: ExpressibleByArgument {}
