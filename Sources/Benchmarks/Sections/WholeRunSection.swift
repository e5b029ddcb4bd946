/// `runs`: a whole run, as it trains on data: images drawn in random order and normalized, steps, and an evaluation.
public struct WholeRunSection: BenchmarkSection {
    /// The word `runs`.
    public static let name = "runs"

    /// A run with the data at hand.
    public struct Run {
        /// What is trained.
        public let subject: BenchmarkNetwork
        /// Training images that one execution of `epoch` goes through.
        public let images: Int
        /// Trains for one epoch and evaluates.
        public let epoch: () -> Void

        /// A run of the given parts.
        public init(subject: BenchmarkNetwork, images: Int, epoch: @escaping () -> Void) {
            self.subject = subject
            self.images = images
            self.epoch = epoch
        }
    }

    private let runs: [Run]
    private let threads: Int
    private let effort: Effort

    /// The section on runs.
    public init(_ runs: [Run], threads: Int, effort: Effort) {
        self.runs = runs
        self.threads = threads
        self.effort = effort
    }

    /// Training images a second of each.
    public func run(_ report: (BenchmarkResult) -> Void) {
        for run in runs {
            let seconds = Stopwatch(effort).seconds(run.epoch)
            report(
                BenchmarkResult(
                    section: Self.name, name: run.subject.name, variant: run.subject.variant,
                    batch: run.subject.batch, threads: threads, .wholeRun, seconds.map { Double(run.images) / $0 }))
        }
    }
}
