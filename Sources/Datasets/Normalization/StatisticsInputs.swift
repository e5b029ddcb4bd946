import Vocabulary

// Maps whose numbers are statistics of the training set's pixels.

/// What statistics are taken over.
public enum StatisticsScope: String, ConfigurationWord {
    /// All values together: one number for the whole set.
    case global
    /// The values of one channel at all pixels.
    case channel
    /// The values of one channel at one pixel: as many numbers as an image has values.
    case feature
}

/// lowest + (x − min) · (highest − lowest) / (max − min), with the extremes of the training set, which fills lowest…highest.
///
/// Where the extremes are equal the value is 0. Values of the test set outside them leave that range: nothing is clipped, and
/// ``FittedInput/shareOutside(_:)`` counts them.
struct MinMaxInput: InputNormalization {
    var scope = StatisticsScope.global
    var range = Range.unit

    /// Where the training set's values go.
    enum Range: String, ConfigurationWord {
        /// 0…1.
        case unit
        /// −1…1.
        case symmetric
    }

    static let kind = "min-max"
    static let summary = "(x − min) / (max − min), with the extremes of the training set."
    static let fields: [Field<Self>] = [
        Field("scope", \.scope, scopeDocumentation),
        Field(
            "range", \.range,
            "Where the training set's values go: `unit`, 0 to 1, or `symmetric`, −1 to 1. Others are not clipped."),
    ]

    func map(fittedTo train: ImageSet) -> FittedMap {
        let (lowest, highest) = (range == .unit ? 0.0 : -1, 1.0)
        return FittedMap(train, scope) { summary in
            // (x − center) / divisor is `lowest` at the minimum and `highest` at the maximum.
            let unit = (summary.maximum - summary.minimum) / (highest - lowest)
            return (center: summary.minimum - lowest * unit, divisor: unit)
        }
    }
}

/// (x − mean) / deviation, the deviation with divisor n; 0 where the training set never varies.
///
/// The values do not lie in −1…1, not even mostly: P(|z| ≤ 1) is 0.68 for a normal distribution, and pixels are not normal. A
/// pixel that hardly ever varies in training gives very large values when it does.
public struct ZScoreInput: InputNormalization {
    public var scope = StatisticsScope.global

    public static let kind = "z-score"
    public static let summary = "(x − mean) / deviation, with the statistics of the training set."
    public static let fields: [Field<Self>] = [Field("scope", \.scope, scopeDocumentation)]

    public init() {}
    public init(_ scope: StatisticsScope) { self.scope = scope }

    public func map(fittedTo train: ImageSet) -> FittedMap {
        FittedMap(train, scope) { (center: $0.mean, divisor: $0.deviation) }
    }
}

/// (x − mean) / divisor. Caffe's `mean_file` has no divisor: 1.
struct MeanSubtractionInput: InputNormalization {
    var scope = StatisticsScope.feature
    var divisor = 255.0

    static let kind = "mean-subtraction"
    static let summary = "(x − mean) / divisor, with the mean of the training set."
    static let fields: [Field<Self>] = [
        Field("scope", \.scope, scopeDocumentation),
        Field("divisor", \.divisor, 1e-9...1e9, "What the differences are divided by; 1 is Caffe's mean file."),
    ]

    func map(fittedTo train: ImageSet) throws(DataError) -> FittedMap {
        try require(divisor.isFinite && divisor > 0, "divisor \(divisor)", "a positive number")
        return FittedMap(train, scope) { (center: $0.mean, divisor: divisor) }
    }
}

/// x / 10ʲ with the least j ≥ 0 that brings the largest magnitude of the training set below 1.
struct DecimalScalingInput: InputNormalization {
    static let kind = "decimal-scaling"
    static let summary = "Pixels divided by the least power of ten that brings all magnitudes below 1."
    static let fields: [Field<Self>] = []

    func map(fittedTo train: ImageSet) -> FittedMap {
        let summary = PixelStatistics.global(train)
        var divisor = 1.0
        while summary.maximum / divisor >= 1 { divisor *= 10 }
        return FittedMap(facts: [("divisor", divisor)], extremes: [summary.extremes]) { $0 / divisor }
    }
}

private let scopeDocumentation = """
    What statistics are taken over: `global`, one number for the set; `channel`; or `feature`, one for each pixel and channel.
    """

extension FittedMap {
    /// (x − center) / divisor with numbers for the scope; 0 where the divisor is 0.
    fileprivate init(
        _ train: ImageSet, _ scope: StatisticsScope,
        _ numbers: (PixelStatistics.Summary) -> (center: Double, divisor: Double)
    ) {
        func table(_ center: Double, _ divisor: Double) -> [Float] {
            (0...255).map { divisor == 0 ? 0 : Float((Double($0) - center) / divisor) }
        }
        switch scope {
        case .global:
            let summary = PixelStatistics.global(train)
            let (center, divisor) = numbers(summary)
            self.init(
                .table(table(center, divisor)), facts: [("center", center), ("divisor", divisor)],
                extremes: [summary.extremes])
        case .channel:
            let summaries = PixelStatistics.channels(train)
            let pairs = summaries.map(numbers)
            let facts = pairs.enumerated().flatMap { channel, pair in
                [(name: "center[\(channel)]", value: pair.center), (name: "divisor[\(channel)]", value: pair.divisor)]
            }
            self.init(
                .channelTables(pairs.flatMap { table($0.center, $0.divisor) }), facts: facts,
                extremes: summaries.map(\.extremes))
        case .feature:
            let summaries = PixelStatistics.features(train)
            let constant = summaries.count { $0.minimum == $0.maximum }
            let pairs = summaries.map(numbers)
            self.init(
                .affine(
                    center: pairs.map { Float($0.center) },
                    scale: pairs.map { $0.divisor == 0 ? 0 : Float(1 / $0.divisor) }),
                facts: [("constant features", Double(constant))], extremes: summaries.map(\.extremes))
        }
    }
}

/// Counts, sums and sums of squares of a set's bytes: whole numbers, and therefore exact and the same in any order.
struct PixelStatistics {
    /// Mean, variance with divisor n, and extremes of some values in 0…255.
    struct Summary {
        let mean: Double
        let variance: Double
        let minimum: Double
        let maximum: Double

        var deviation: Double { variance.squareRoot() }
        /// Least and greatest as the bytes that they are.
        var extremes: ClosedRange<UInt8> { UInt8(minimum)...UInt8(maximum) }
    }

    /// How often each byte occurs in each channel: channels × 256.
    private static func histograms(_ set: ImageSet) -> [[Int]] {
        let channels = set.shape.channels
        var counts = [Int](repeating: 0, count: channels << 8)
        let bytes = set.images.span
        var position = 0
        while position < bytes.count {
            for channel in 0..<channels { counts[channel << 8 | Int(bytes[position + channel])] += 1 }
            position += channels
        }
        return (0..<channels).map { Array(counts[($0 << 8)..<(($0 + 1) << 8)]) }
    }

    static func global(_ set: ImageSet) -> Summary {
        let sum = histograms(set).reduce([Int](repeating: 0, count: 256)) { zip($0, $1).map(+) }
        return summary(ofHistogram: sum)
    }

    static func channels(_ set: ImageSet) -> [Summary] {
        histograms(set).map(summary(ofHistogram:))
    }

    static func features(_ set: ImageSet) -> [Summary] {
        let count = set.shape.count
        var sums = [Int](repeating: 0, count: count)
        var squares = [Int](repeating: 0, count: count)
        var minima = [UInt8](repeating: .max, count: count)
        var maxima = [UInt8](repeating: 0, count: count)
        let bytes = set.images.span
        for image in 0..<set.count {
            for feature in 0..<count {
                let byte = bytes[image * count + feature]
                sums[feature] += Int(byte)
                squares[feature] += Int(byte) * Int(byte)
                minima[feature] = min(minima[feature], byte)
                maxima[feature] = max(maxima[feature], byte)
            }
        }
        return (0..<count).map { feature in
            summary(
                count: set.count, sum: sums[feature], squares: squares[feature], minimum: Int(minima[feature]),
                maximum: Int(maxima[feature]))
        }
    }

    private static func summary(ofHistogram counts: [Int]) -> Summary {
        summary(
            count: counts.reduce(0, +), sum: counts.enumerated().reduce(0) { $0 + $1.offset * $1.element },
            squares: counts.enumerated().reduce(0) { $0 + $1.offset * $1.offset * $1.element },
            minimum: counts.firstIndex { $0 > 0 } ?? 0, maximum: counts.lastIndex { $0 > 0 } ?? 0)
    }

    private static func summary(count: Int, sum: Int, squares: Int, minimum: Int, maximum: Int) -> Summary {
        // n Σx² − (Σx)² is a whole number: no cancellation, however small the variance. It needs up to 2·log₂ of the sum.
        let (count, wideSum) = (max(count, 1), Double(sum))
        let product = count.multipliedFullWidth(by: squares)
        let square = sum.multipliedFullWidth(by: sum)
        let (low, borrow) = product.low.subtractingReportingOverflow(square.low)
        let high = product.high - square.high - (borrow ? 1 : 0)
        let difference = Double(high) * 0x1p64 + Double(low)
        return Summary(
            mean: wideSum / Double(count), variance: difference / Double(count) / Double(count),
            minimum: Double(minimum), maximum: Double(maximum))
    }
}
