import Vocabulary

/// Projections of x / 255 − mean on the principal components, each divided by √(variance + epsilon).
///
/// The result is a flat vector of `components` values, those of the largest variance first. The sign of a component is such
/// that its largest weight is positive.
struct PCAWhiteningInput: InputNormalization {
    var epsilon = 0.01
    /// How many components are kept; 0 is all.
    var components = 0

    static let kind = "pca-whitening"
    static let summary =
        "Projections on the principal components of the training set, divided by √(variance + epsilon)."
    static let fields: [Field<Self>] = [
        Field("epsilon", \.epsilon, 1e-12...1e6, epsilonDocumentation),
        Field("components", \.components, 0...1_000_000, componentsDocumentation),
    ]

    func shape(of image: ImageShape) -> ImageShape {
        ImageShape(height: 1, width: 1, channels: components == 0 ? image.count : min(components, image.count))
    }

    func map(fittedTo train: ImageSet) throws(DataError) -> FittedMap {
        try whitening(train, epsilon, components) { $0.principalWeights(epsilon: epsilon, components: $1) }
    }
}

/// The whitening nearest to the image, U (Λ + epsilon)^−½ Uᵀ (x / 255 − mean): the Cov[x]^−½ (x − E[x]) of Ioffe & Szegedy
/// 2015, §2. With `components` only the components of the largest variance are kept.
struct ZCAWhiteningInput: InputNormalization {
    var epsilon = 0.01
    /// How many components are kept; 0 is all.
    var components = 0

    static let kind = "zca-whitening"
    static let summary = "Cov[x]^(−1/2) (x − E[x]), the whitening of Ioffe & Szegedy 2015, §2."
    static let fields: [Field<Self>] = [
        Field("epsilon", \.epsilon, 1e-12...1e6, epsilonDocumentation),
        Field("components", \.components, 0...1_000_000, componentsDocumentation),
    ]

    func map(fittedTo train: ImageSet) throws(DataError) -> FittedMap {
        try whitening(train, epsilon, components) { $0.symmetricWeights(epsilon: epsilon, components: $1) }
    }
}

private let epsilonDocumentation = "What is added to each variance, in units of pixels from 0 to 1, squared."
private let componentsDocumentation = "How many components of the largest variance are kept; 0 is all."

extension InputNormalization {
    /// The map of a whitening, from what its weights are for a number of components; 0 is all.
    fileprivate func whitening(
        _ train: ImageSet, _ epsilon: Double, _ components: Int,
        _ weights: (Whitening, Int) -> (weights: [Float], shift: [Float])
    ) throws(DataError) -> FittedMap {
        let features = train.shape.count
        let kept = components == 0 ? features : components
        try require(epsilon.isFinite && epsilon > 0, "epsilon \(epsilon)", "a positive number")
        try require((1...features).contains(kept), "\(kept) components", "1…\(features), the features of an image")
        let whitening = try Whitening(of: train, kind: Self.kind)
        let (weights, shift) = weights(whitening, kept)
        let facts = [
            (name: "images", value: Double(whitening.imageCount)),
            (name: "variance kept", value: whitening.varianceShare(components: kept)),
        ]
        return FittedMap(
            .projection(weights: weights, shift: shift), facts: facts,
            extremes: PixelStatistics.features(train).map(\.extremes))
    }
}

/// The principal components of a training set's pixels, x / 255.
///
/// The covariance is exact: the products of bytes are summed as whole numbers. It is taken over a random
/// sample of `largestImageCount` images, or all where there are fewer: plenty for a few hundred features, and about a second of
/// work. O(images · features²) and O(features³).
public struct Whitening: Sendable {
    /// More features are refused: 1,024² numbers and a second or two of work are fine, and colour images of 3,072 features
    /// would take minutes.
    public static let largestFeatureCount = 1024
    /// Images that the covariance is taken over.
    public static let largestImageCount = 10_000

    public let imageCount: Int
    /// The means of the features, 0…1.
    public let mean: [Double]
    /// The variances along the components, the largest first; never negative.
    public let variances: [Double]
    /// The components, each a unit vector of as many numbers as there are features, one after the other.
    public let components: [Double]

    /// Throws `setting` for more than `largestFeatureCount` features.
    init(of set: ImageSet, kind: String) throws(DataError) {
        let features = set.shape.count
        guard features <= Self.largestFeatureCount else {
            throw DataError(
                .setting, subject: kind, found: "\(features) features (\(set.shape) images)",
                expected: "at most \(Self.largestFeatureCount)",
                suggestion: "Choose another input normalization for these images, such as z-score.")
        }
        let sample = ProbeSet.sample(Self.largestImageCount, seed: 0).indices(count: set.count)
        let (sums, products) = Self.sums(of: set, images: sample)
        imageCount = sample.count
        let count = Double(imageCount)
        mean = sums.map { Double($0) / count / 255 }
        var covariance = [Double](repeating: 0, count: features * features)
        for row in 0..<features {
            for column in row..<features {
                let difference = imageCount * Int(products[row * features + column]) - sums[row] * sums[column]
                let value = Double(difference) / (count * count * 65_025)
                covariance[row * features + column] = value
                covariance[column * features + row] = value
            }
        }
        let system = SymmetricEigensystem(covariance, size: features)
        variances = system.values.reversed().map { max($0, 0) }
        components = (0..<features).reversed().flatMap { index in
            Self.oriented(Array(system.vectors[(index * features)..<((index + 1) * features)]))
        }
    }

    /// Sums of the features and of the products of features on and above the diagonal. At most 10,000 images, so that a sum
    /// of products stays below 10,000 · 255² < 2³².
    private static func sums(of set: ImageSet, images: [Int]) -> (sums: [Int], products: [UInt32]) {
        let features = set.shape.count
        var sums = [Int](repeating: 0, count: features)
        var products = [UInt32](repeating: 0, count: features * features)
        var wide = [UInt32](repeating: 0, count: features)
        for image in images {
            let start = image * features
            for feature in 0..<features { wide[feature] = UInt32(set.images[start + feature]) }
            for row in 0..<features where wide[row] != 0 {
                sums[row] += Int(wide[row])
                accumulate(wide[row], wide.span, from: row, into: &products, at: row * features)
            }
        }
        return (sums, products)
    }

    private static func accumulate(
        _ factor: UInt32, _ row: Span<UInt32>, from first: Int, into products: inout [UInt32], at offset: Int
    ) {
        var target = products.mutableSpan
        let columns = row.extracting(first..<row.count)
        let start = offset + first
        precondition(start >= 0 && start <= target.count - columns.count)
        for column in columns.indices { target[start + column] &+= factor &* columns[column] }
    }

    /// A vector or its opposite, so that its largest weight (the first of them) is positive.
    private static func oriented(_ vector: [Double]) -> [Double] {
        var largest = 0
        for index in vector.indices where abs(vector[index]) > abs(vector[largest]) { largest = index }
        return vector[largest] < 0 ? vector.map { -$0 } : vector
    }

    /// The share of the total variance along the first components, 0…1.
    func varianceShare(components count: Int) -> Double {
        let total = variances.reduce(0, +)
        return total == 0 ? 1 : variances.prefix(count).reduce(0, +) / total
    }

    func principalWeights(epsilon: Double, components count: Int) -> (weights: [Float], shift: [Float]) {
        let features = mean.count
        var weights = [Double](repeating: 0, count: features * count)
        for component in 0..<count {
            let scale = 1 / (variances[component] + epsilon).squareRoot()
            for feature in 0..<features {
                weights[feature * count + component] = components[component * features + feature] * scale
            }
        }
        return rounded(weights, outputs: count)
    }

    func symmetricWeights(epsilon: Double, components count: Int) -> (weights: [Float], shift: [Float]) {
        let features = mean.count
        var weights = [Double](repeating: 0, count: features * features)
        for component in 0..<count {
            let scale = 1 / (variances[component] + epsilon).squareRoot()
            let vector = components[(component * features)..<((component + 1) * features)]
            addOuterProduct(of: Array(vector).span, times: scale, to: &weights)
        }
        return rounded(weights, outputs: features)
    }

    private func addOuterProduct(of vector: Span<Double>, times scale: Double, to matrix: inout [Double]) {
        var target = matrix.mutableSpan
        let size = vector.count
        precondition(target.count == size * size)
        for row in 0..<size {
            let factor = vector[row] * scale
            for column in 0..<size { target[row * size + column] += factor * vector[column] }
        }
    }

    /// Takes the division by 255 and the mean into the map, and rounds it.
    private func rounded(_ weights: [Double], outputs: Int) -> (weights: [Float], shift: [Float]) {
        var shift = [Double](repeating: 0, count: outputs)
        for feature in mean.indices {
            for output in 0..<outputs { shift[output] -= mean[feature] * weights[feature * outputs + output] }
        }
        return (weights.map { Float($0 / 255) }, shift.map { Float($0) })
    }
}
