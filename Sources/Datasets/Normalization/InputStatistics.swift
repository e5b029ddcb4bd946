/// What a network's input looks like after normalization: the numbers behind "z-scores lie in −1…1" and its like.
public struct InputStatistics: Sendable, Equatable {
    public let images: Int
    public let mean: Double
    /// Their deviation, with divisor n.
    public let deviation: Double
    public let minimum: Double
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

/// The eigenvalues of what a network's input looks like to gradient descent.
///
/// For a linear model with squared errors the matrix of second moments E[x xᵀ] is the Hessian, and its condition number decides
/// how many steps gradient descent takes (LeCun et al. 1998, Efficient BackProp, §4.3–5.3). The covariance is the same
/// without the mean, for a model whose bias is already right.
public struct InputSpectrum: Sendable {
    public let images: Int
    /// Eigenvalues of the covariance (divisor n), the largest first; never negative.
    public let covariance: [Double]
    /// Eigenvalues of E[x xᵀ] with a constant 1 as a further feature, as a bias sees it; the largest first; never negative.
    public let moments: [Double]

    /// Features beyond which no spectrum is taken: see ``Whitening/largestFeatureCount``.
    public static let largestFeatureCount = Whitening.largestFeatureCount

    /// The share of the largest eigenvalue below which one counts as zero: pixels that never vary have none, and what rounding
    /// leaves of them lies below.
    static let negligible = 1e-6

    /// Whether an eigenvalue is one of a direction that varies.
    public static func counts(_ value: Double, of eigenvalues: [Double]) -> Bool {
        value > negligible * (eigenvalues.first ?? 0)
    }

    /// The condition number: the largest eigenvalue divided by the smallest that is above a millionth of it.
    public static func condition(_ eigenvalues: [Double]) -> Double {
        guard let largest = eigenvalues.first, largest > 0 else { return .nan }
        let smallest = eigenvalues.last { counts($0, of: eigenvalues) } ?? largest
        return largest / smallest
    }

    /// The largest eigenvalue of the covariance divided by that of each rank, from 1; ranks beyond those that count are left out.
    public func ratios(ranks: [Int]) -> [(rank: Int, ratio: Double)] {
        ranks.filter { $0 <= covariance.count && Self.counts(covariance[$0 - 1], of: covariance) }
            .map { ($0, covariance[0] / covariance[$0 - 1]) }
    }

    /// The effective number of directions, (Σλ)² / Σλ²: the number of features where all vary alike and independently.
    public static func participation(_ eigenvalues: [Double]) -> Double {
        let sum = eigenvalues.reduce(0, +)
        let squares = eigenvalues.reduce(0) { $0 + $1 * $1 }
        return squares > 0 ? sum * sum / squares : .nan
    }
}

extension FittedInput {
    /// The spectrum of a set after the map, over a random sample of `limit` images, or all where there are fewer.
    ///
    /// O(images · features² + features³), in `Double`.
    ///
    /// - Precondition: the set has the shape that was fitted, at least one image, and the output at most
    ///   ``InputSpectrum/largestFeatureCount`` features.
    public func spectrum(of set: ImageSet, limit: Int = 2000) -> InputSpectrum {
        let features = outputShape.count
        precondition(set.count > 0 && features <= InputSpectrum.largestFeatureCount, "no spectrum of such a set")
        let images = ProbeSet.sample(limit, seed: 0).indices(count: set.count)
        // A constant feature behind the others: the last row of the sums of products is the sum of the features.
        let size = features + 1
        var products = [Double](repeating: 0, count: size * size)
        var values = [Float](repeating: 0, count: features)
        var row = [Double](repeating: 1, count: size)
        for image in images {
            fill(CollectionOfOne(image), of: set, into: &values)
            for feature in 0..<features { row[feature] = Double(values[feature]) }
            Self.addProducts(of: row.span, to: &products)
        }
        let count = Double(images.count)
        for index in products.indices { products[index] /= count }
        var covariance = [Double](repeating: 0, count: features * features)
        for i in 0..<features {
            for j in 0...i {
                let mean = products[features * size + i] * products[features * size + j]
                covariance[i * features + j] = products[i * size + j] - mean
                covariance[j * features + i] = products[i * size + j] - mean
                products[j * size + i] = products[i * size + j]
            }
            products[i * size + features] = products[features * size + i]
        }
        func eigenvalues(_ matrix: [Double], _ size: Int) -> [Double] {
            SymmetricEigensystem(matrix, size: size, vectors: false).values.reversed().map { max($0, 0) }
        }
        return InputSpectrum(
            images: images.count, covariance: eigenvalues(covariance, features), moments: eigenvalues(products, size))
    }

    /// Adds row · rowᵀ on and below the diagonal.
    private static func addProducts(of row: Span<Double>, to products: inout [Double]) {
        var target = products.mutableSpan
        let size = row.count
        precondition(target.count == size * size)
        for i in 0..<size {
            let factor = row[i]
            if factor == 0 { continue }
            for j in 0...i { target[i * size + j] += factor * row[j] }
        }
    }
}
