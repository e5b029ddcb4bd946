/// The repeats of one measurement: their median stands for them, their range says how steady they were.
public struct Sample: Equatable, Sendable {
    /// The repeats in ascending order; at least one.
    public let values: [Double]

    /// The sample of the given repeats, in any order.
    ///
    /// - Precondition: there is at least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "a sample needs a value")
        self.values = values.sorted()
    }

    /// A number that is known, not measured.
    public init(exactly value: Double) { self.init([value]) }

    /// The middle repeat; the mean of the middle two where their number is even.
    public var median: Double {
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// The least repeat.
    public var minimum: Double { values[0] }
    /// The greatest repeat.
    public var maximum: Double { values[values.count - 1] }
    /// The number of repeats.
    public var count: Int { values.count }

    /// The sample of a function of each repeat: of rates, say, from times.
    public func map(_ transform: (Double) -> Double) -> Sample { Sample(values.map(transform)) }
}

/// What is kept of a sample: a row of results.
public struct Spread: Equatable, Sendable {
    /// The middle repeat.
    public var median: Double
    /// The least repeat.
    public var minimum: Double
    /// The greatest repeat.
    public var maximum: Double
    /// The number of repeats.
    public var repeats: Int

    /// A spread of the given numbers.
    public init(median: Double, minimum: Double, maximum: Double, repeats: Int) {
        self.median = median
        self.minimum = minimum
        self.maximum = maximum
        self.repeats = repeats
    }
}

extension Sample {
    /// What is kept of the sample.
    public var spread: Spread { Spread(median: median, minimum: minimum, maximum: maximum, repeats: count) }
}
