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

    /// One summary of all values.
    static func global(_ set: ImageSet) -> Summary {
        let sum = histograms(set).reduce([Int](repeating: 0, count: 256)) { zip($0, $1).map(+) }
        return summary(ofHistogram: sum)
    }

    /// A summary of each channel.
    static func channels(_ set: ImageSet) -> [Summary] {
        histograms(set).map(summary(ofHistogram:))
    }

    /// A summary of each feature.
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
