import Benchmarks
import Datasets
import Foundation

/// `startup`: seconds from the start of the process to its first finished training step, in processes of their own; on
/// random numbers, and on real data where this machine has some.
struct StartupSection: BenchmarkSection {
    static let name = "startup"

    let networks: [BenchmarkNetwork]
    let laboratory: Laboratory
    let threads: Int
    let repeats: Int
    /// Where the processes' errors go.
    let log: URL

    func run(_ report: (BenchmarkResult) -> Void) throws {
        for subject in networks {
            try measure(subject, .random, report)
            if subject.network.input.channels == 1, BenchmarkData.isHere(laboratory.dataSearch) {
                try measure(subject, .data, report)
            }
        }
    }

    private func measure(
        _ subject: BenchmarkNetwork, _ input: OwnWorker.Input, _ report: (BenchmarkResult) -> Void
    ) throws {
        let worker = OwnWorker(laboratory: laboratory, threads: threads, log: log)
        var seconds: [Double] = []
        var memory: [Double] = []
        for _ in 0..<repeats {
            let process = try worker.start(subject, input: input)
            seconds.append(process.startup)
            if let bytes = process.ready.memory { memory.append(Double(bytes) / 1e6) }
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
