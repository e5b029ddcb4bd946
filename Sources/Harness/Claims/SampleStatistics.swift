/// Mean, spread and extent of a few values: one for each seed.
public struct SampleStatistics: Equatable, Sendable {
    /// The number of values.
    public let count: Int
    /// The arithmetic mean; NaN without values.
    public let mean: Double
    /// The standard deviation with divisor n − 1; nil with fewer than two values.
    public let deviation: Double?
    /// The smallest value; NaN without values.
    public let minimum: Double
    /// The largest value; NaN without values.
    public let maximum: Double

    /// The statistics of values; a value that is not finite makes mean and deviation NaN or infinite.
    public init(_ values: [Double]) {
        count = values.count
        // Summed as distances from the first value, so that equal values have exactly no deviation.
        let first = values.first ?? .nan
        let mean = first.isFinite ? first + values.reduce(0) { $0 + ($1 - first) } / Double(values.count) : first
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        deviation = values.count < 2 ? nil : (squares / Double(values.count - 1)).squareRoot()
        minimum = values.min() ?? .nan
        maximum = values.max() ?? .nan
    }

    /// The interval that holds the true mean with the given confidence, if the values are normally distributed
    /// (Student's t); nil with fewer than two values.
    public func interval(confidence: Double = 0.95) -> ClosedRange<Double>? {
        guard let deviation, deviation.isFinite, mean.isFinite else { return nil }
        let reach = Student.quantile((1 + confidence) / 2, degrees: count - 1) * deviation / Double(count).squareRoot()
        return (mean - reach)...(mean + reach)
    }
}
