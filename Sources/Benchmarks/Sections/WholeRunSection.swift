/// `runs`: a whole run, as it trains on data: images drawn in random order and normalized, steps, and an evaluation.
public struct WholeRunSection: BenchmarkSection {
    public static let name = "runs"

    /// A run with the data at hand.
    public struct Run {
        public let subject: BenchmarkNetwork
        /// Training images that one execution of `epoch` goes through.
        public let images: Int
        /// Images that it evaluates the network on.
        public let evaluated: Int
        /// Trains for one epoch and evaluates.
        public let epoch: () -> Void

        public init(subject: BenchmarkNetwork, images: Int, evaluated: Int, epoch: @escaping () -> Void) {
            self.subject = subject
            self.images = images
            self.evaluated = evaluated
            self.epoch = epoch
        }

        /// Those of one execution.
        var operations: Operations { subject.operations(trained: images, evaluated: evaluated) }
    }

    private let runs: [Run]
    private let peaks: MachinePeaks
    private let threads: Int
    private let effort: Effort

    public init(_ runs: [Run], peaks: MachinePeaks, threads: Int, effort: Effort) {
        self.runs = runs
        self.peaks = peaks
        self.threads = threads
        self.effort = effort
    }

    /// Training images a second of each, and how much of the machine that uses.
    public func run(_ report: (BenchmarkResult) -> Void) {
        peaks.measureArithmeticPeakAgain(threads: threads)
        for run in runs {
            func make(_ metric: BenchmarkMetric, _ sample: Sample) {
                report(
                    BenchmarkResult(
                        section: Self.name, name: run.subject.name, variant: run.subject.variant,
                        batch: run.subject.batch, threads: threads, metric, sample))
            }
            let seconds = Stopwatch(effort).seconds(run.epoch)
            let rate = seconds.map { run.operations.performed / $0 / 1e9 }
            make(.wholeRun, seconds.map { Double(run.images) / $0 })
            make(.effectiveRate, seconds.map { run.operations.effective / $0 / 1e9 })
            make(.rate, rate)
            make(.shareOfPeak, peaks.shareOfPeak(rate, threads: threads))
        }
    }
}
