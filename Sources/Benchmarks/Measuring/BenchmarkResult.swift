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
    public var threads: Int
    /// What the number says: `rate`.
    public var metric: BenchmarkMetric
    public var spread: Spread

    public static let ownSubject = "normlab"

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

/// What a number says, and its unit.
public struct BenchmarkMetric: Hashable, Sendable {
    public let name: String
    /// The unit; empty for plain numbers.
    public let unit: String

    public init(_ name: String, unit: String) {
        self.name = name
        self.unit = unit
    }

    /// Floating-point operations really done a second; a multiply-add is two.
    public static let rate = BenchmarkMetric("rate", unit: "GFLOP/s")
    /// Operations of the direct algorithm a second: more than are done where an algorithm saves some.
    public static let effectiveRate = BenchmarkMetric("effective-rate", unit: "GFLOP/s")
    /// The rate as a share of the machine's measured peak.
    public static let shareOfPeak = BenchmarkMetric("share-of-peak", unit: "%")
    /// Bytes a second: those that an operation has to move, or those that a probe moved.
    public static let traffic = BenchmarkMetric("traffic", unit: "GB/s")
    /// The traffic as a share of the bandwidth measured for as large a working set.
    public static let shareOfBandwidth = BenchmarkMetric("share-of-bandwidth", unit: "%")
    /// Operations for each byte.
    public static let intensity = BenchmarkMetric("intensity", unit: "FLOP/byte")
    public static let time = BenchmarkMetric("time", unit: "µs")
    public static let forward = BenchmarkMetric("forward", unit: "µs")
    public static let backward = BenchmarkMetric("backward", unit: "µs")
    public static let shareOfStep = BenchmarkMetric("share-of-step", unit: "%")
    public static let training = BenchmarkMetric("training", unit: "images/s")
    /// Operations of the direct algorithm a second of training: six for each multiply-add of the forward pass.
    public static let trainingEffectiveRate = BenchmarkMetric("training-effective-rate", unit: "GFLOP/s")
    /// Operations really done a second of training.
    public static let trainingRate = BenchmarkMetric("training-rate", unit: "GFLOP/s")
    /// That rate as a share of the machine's measured peak.
    public static let trainingShare = BenchmarkMetric("training-share-of-peak", unit: "%")
    public static let inference = BenchmarkMetric("inference", unit: "images/s")
    /// Operations of the direct algorithm a second of inference: two for each multiply-add.
    public static let inferenceEffectiveRate = BenchmarkMetric("inference-effective-rate", unit: "GFLOP/s")
    /// Operations really done a second of inference.
    public static let inferenceRate = BenchmarkMetric("inference-rate", unit: "GFLOP/s")
    /// That rate as a share of the machine's measured peak.
    public static let inferenceShare = BenchmarkMetric("inference-share-of-peak", unit: "%")
    public static let steps = BenchmarkMetric("steps", unit: "steps/s")
    /// Memory of the plan: values, gradients, caches and scratch.
    public static let plannedMemory = BenchmarkMetric("planned-memory", unit: "MB")
    /// The most memory that was resident at once.
    public static let peakMemory = BenchmarkMetric("peak-memory", unit: "MB")
    /// Seconds from the start of the process to the first finished training step.
    public static let startup = BenchmarkMetric("startup", unit: "s")
    /// What observing adds to the time of training.
    public static let cost = BenchmarkMetric("cost", unit: "%")
    /// Cores that other processes used meanwhile.
    public static let otherLoad = BenchmarkMetric("other-load", unit: "cores")
    /// A whole run: training images a second with input and evaluation included.
    public static let wholeRun = BenchmarkMetric("whole-run", unit: "images/s")
}

extension BenchmarkMetric {
    /// The metric by which this program and another are compared: theirs is one, and above one we are faster.
    public var ratio: BenchmarkMetric { BenchmarkMetric("\(name)-ratio", unit: "×") }
}

/// A measurement as a row of a CSV file.
extension BenchmarkResult {
    public static let header = [
        "section", "name", "variant", "subject", "batch", "threads", "metric", "unit", "median", "minimum", "maximum",
        "repeats",
    ]

    /// The fields in the order of the columns; numbers have the fewest digits that read back to the same value.
    public var fields: [String] {
        [
            section, name, variant, subject, batch.map(String.init) ?? "", String(threads), metric.name, metric.unit,
            "\(spread.median)", "\(spread.minimum)", "\(spread.maximum)", String(spread.repeats),
        ]
    }

    /// The measurement of a row; nil where a field that should be a number is not one.
    public init?(fields: [String]) {
        guard fields.count == Self.header.count, let threads = Int(fields[5]), let median = Double(fields[8]),
            let minimum = Double(fields[9]), let maximum = Double(fields[10]), let repeats = Int(fields[11]),
            fields[4].isEmpty || Int(fields[4]) != nil
        else { return nil }
        section = fields[0]
        name = fields[1]
        variant = fields[2]
        subject = fields[3]
        batch = Int(fields[4])
        self.threads = threads
        metric = BenchmarkMetric(fields[6], unit: fields[7])
        spread = Spread(median: median, minimum: minimum, maximum: maximum, repeats: repeats)
    }
}
