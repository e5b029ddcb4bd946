import Benchmarks
import Foundation

/// `side-by-side`: whole runs in one process on all threads, and in as many processes as there are threads, each on one: what
/// `--jobs` decides between.
struct SideBySideSection: BenchmarkSection {
    static let name = "side-by-side"

    let networks: [BenchmarkNetwork]
    let laboratory: Laboratory
    let threads: Int
    let repeats: Int
    /// Seconds of one repeat.
    let seconds: Double
    /// Where the processes' errors go.
    let log: URL

    func run(_ report: (BenchmarkResult) -> Void) throws {
        for subject in networks {
            let whole = OwnWorker(laboratory: laboratory, threads: threads, log: log)
            let part = OwnWorker(laboratory: laboratory, threads: 1, log: log)
            let alone = [try whole.start(subject, input: .bytes)]
            let together = try (0..<threads).map { _ in try part.start(subject, input: .bytes) }
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
            make("\(Text.counted(threads, "run")) at a time", threads: 1, rates.together)
        }
    }

    /// Images a second of processes that work at the same time, all together.
    private func rate(of workers: [WorkerProcess]) throws -> Double {
        for worker in workers { try worker.begin(.run, seconds: seconds) }
        return try workers.reduce(0) { $0 + (try $1.reply().imagesPerSecond ?? 0) }
    }
}
