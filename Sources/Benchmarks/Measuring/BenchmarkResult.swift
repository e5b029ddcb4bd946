/// One measured number with everything that tells it apart from others: a row of the results.
public struct BenchmarkResult: Equatable, Sendable {
    /// The section of the benchmark that measured it: `kernels`.
    public var section: String
    /// What was measured: a network, a kernel and its shape, a level of the memory.
    public var name: String
    /// The kind of it: the normalization of a network, the pass of a kernel; empty where there is one kind.
    public var variant: String
    /// Whose program it was: `normlab`, or another framework and its mode.
    public var subject: String
    /// Images of a batch; nil where there is none.
    public var batch: Int?
    /// Threads that worked.
    public var threads: Int
    /// What the number says: `rate`.
    public var metric: BenchmarkMetric
    /// The repeats' median and range.
    public var spread: Spread

    /// This program as a subject.
    public static let ownSubject = "normlab"

    /// A measurement of this program.
    public init(
        section: String, name: String, variant: String = "", subject: String = BenchmarkResult.ownSubject,
        batch: Int? = nil, threads: Int, _ metric: BenchmarkMetric, _ sample: Sample
    ) {
        self.section = section
        self.name = name
        self.variant = variant
        self.subject = subject
        self.batch = batch
        self.threads = threads
        self.metric = metric
        spread = sample.spread
    }
}
