import Benchmarks
import Foundation

/// Starts this program as a process that measures one network.
struct OwnWorker {
    let laboratory: Laboratory
    let threads: Int
    let log: URL

    /// What the process trains on.
    enum Input: String {
        /// Random numbers.
        case random
        /// The first batch of a real data set.
        case data
        /// Random bytes, drawn and normalized as a whole run does.
        case bytes
    }

    /// Starts the process and waits for its first training step.
    func start(_ subject: BenchmarkNetwork, input: Input) throws -> WorkerProcess {
        guard let program = Bundle.main.executableURL else {
            throw WorkerProcess.Failure(description: "this program does not know where it is")
        }
        return try WorkerProcess(
            "normlab", executable: program,
            arguments: [
                "bench-worker", subject.name, subject.variant, "--input", input.rawValue, "--threads", "\(threads)",
                "--root", laboratory.rootFolder.path,
            ], log: log)
    }
}
