/// What a network's input looks like after normalization: the numbers behind "z-scores lie in −1…1" and its like.
public struct InputStatistics: Sendable, Equatable {
    /// Images that were looked at.
    public let images: Int
    /// The mean of all values.
    public let mean: Double
    /// Their deviation, with divisor n.
    public let deviation: Double
    /// The smallest value.
    public let minimum: Double
    /// The largest value.
    public let maximum: Double
    /// The share of values in −1…1: 0.6827 for z-scores of a normal distribution.
    public let fractionWithinOne: Double
    /// The third standardized moment: 0 for a normal distribution and wherever the values do not vary.
    public let skewness: Double
    /// The fourth standardized moment less 3: 0 for a normal distribution and wherever the values do not vary.
    public let excessKurtosis: Double
}

extension FittedInput {
    /// The statistics of a set after the map, over a random sample of `limit` images, or all where there are fewer.
    ///
    /// Images at even distances would not do: MNIST's alternate between two groups of writers, and every second image has
    /// 12 % less ink.
    ///
    /// Two passes, summed in `Double` in the order of the values: the same bits on every machine. O(images · features).
    ///
    /// - Precondition: the set has the shape that was fitted and at least one image.
    public func statistics(of set: ImageSet, limit: Int = 10_000) -> InputStatistics {
        precondition(set.count > 0 && limit > 0, "statistics of nothing")
        let images = ProbeSet.sample(limit, seed: 0).indices(count: set.count)
        let features = outputShape.count
        let count = Double(images.count * features)
        var values = [Float](repeating: 0, count: features)

        var sum = 0.0
        var (minimum, maximum) = (Float.infinity, -Float.infinity)
        var within = 0
        for image in images {
            fill(CollectionOfOne(image), of: set, into: &values)
            for value in values {
                sum += Double(value)
                minimum = min(minimum, value)
                maximum = max(maximum, value)
                if abs(value) <= 1 { within += 1 }
            }
        }
        let mean = sum / count

        var (second, third, fourth) = (0.0, 0.0, 0.0)
        for image in images {
            fill(CollectionOfOne(image), of: set, into: &values)
            for value in values {
                let offset = Double(value) - mean
                let square = offset * offset
                second += square
                third += square * offset
                fourth += square * square
            }
        }
        let variance = second / count
        let varies = variance > 0
        return InputStatistics(
            images: images.count, mean: mean, deviation: variance.squareRoot(), minimum: Double(minimum),
            maximum: Double(maximum), fractionWithinOne: Double(within) / count,
            skewness: varies ? third / count / (variance * variance.squareRoot()) : 0,
            excessKurtosis: varies ? fourth / count / (variance * variance) - 3 : 0)
    }
}
