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

    func run(_ report: (BenchmarkResult) -> Void) {
        for subject in networks {
            measure(subject, .random, report)
            if subject.network.input.channels == 1, BenchmarkData.isHere(laboratory.dataSearch) {
                measure(subject, .data, report)
            }
        }
    }

    private func measure(_ subject: BenchmarkNetwork, _ input: OwnWorker.Input, _ report: (BenchmarkResult) -> Void) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "normlab-startup-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: folder) }
        let worker = OwnWorker(laboratory: laboratory, threads: threads, log: folder)
        var seconds: [Double] = []
        var memory: [Double] = []
        for _ in 0..<repeats {
            do {
                let process = try worker.start(subject, input: input)
                seconds.append(process.startup)
                if let bytes = process.ready.memory { memory.append(Double(bytes) / 1e6) }
            } catch {
                Terminal.complain("error: \(error)")
            }
        }
        for (metric, values) in [(BenchmarkMetric.startup, seconds), (.peakMemory, memory)] where !values.isEmpty {
            report(
                BenchmarkResult(
                    section: Self.name, name: "\(subject.name)/\(subject.variant)",
                    variant: input == .data ? "real data" : "random numbers", batch: subject.batch, threads: threads,
                    metric, Sample(values)))
        }
    }
}
