import ArgumentParser
import Benchmarks
import Experiments
import Foundation
import Kernels
import Running

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
    var input = BenchmarkWorker.Input.random

    @Option(help: "Threads.")
    var threads: Int

    @OptionGroup var workspace: Workspace

    func run() throws {
        let orders = Mailbox<MeasurementOrder>.orders()
        let subject = try BenchmarkNetworks(workspace.library).network(model, variant)
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
