import Testing

@testable import Datasets

@Suite struct WhiteningTests {
    /// Images of a few features that are mixtures of each other, of full rank, over the whole range of bytes.
    static func mixtures(_ count: Int, features: Int = 12) -> ImageSet {
        var draws = Draws(stream: SeededStream(seed: 2, "mixtures"), block: 0)
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let sources = (0..<features).map { _ in draws.noise() }
            for feature in 0..<features {
                let mixed = sources[feature] + 0.8 * sources[(feature + 1) % features] - 0.5 * sources[0]
                bytes.append(UInt8(min(max(128 + 20 * mixed, 0), 255)))
            }
        }
        return ImageSet(
            name: "mixtures", shape: ImageShape(height: 1, width: features, channels: 1), images: bytes,
            labels: [UInt8](repeating: 0, count: count), classes: ["a"])
    }

    /// The covariance of values, with divisor n, and the largest mean.
    private func covariance(_ values: [Float], features: Int) -> (matrix: [Double], largestMean: Double) {
        let count = values.count / features
        let means = (0..<features).map { feature in
            (0..<count).reduce(0.0) { $0 + Double(values[$1 * features + feature]) } / Double(count)
        }
        var matrix = [Double](repeating: 0, count: features * features)
        for image in 0..<count {
            for row in 0..<features {
                for column in 0..<features {
                    matrix[row * features + column] +=
                        (Double(values[image * features + row]) - means[row])
                        * (Double(values[image * features + column]) - means[column]) / Double(count)
                }
            }
        }
        return (matrix, means.map(abs).max() ?? 0)
    }

    @Test(
        arguments: [
            .pcaWhitening(epsilon: 1e-9),
            .zcaWhitening(epsilon: 1e-9), .pcaWhitening(epsilon: 1e-9, components: 5),
        ] as [any InputNormalization])
    func whitenedValuesHaveTheIdentityAsCovariance(normalization: any InputNormalization) throws {
        let set = Self.mixtures(500)
        let values = try InputNormalizationTests.values(normalization, set)
        let features = values.count / set.count
        let (matrix, largestMean) = covariance(values, features: features)
        #expect(largestMean < 1e-4)
        for row in 0..<features {
            for column in 0..<features {
                #expect(abs(matrix[row * features + column] - (row == column ? 1 : 0)) < 1e-3)
            }
        }
    }

    /// With epsilon the variance along a component becomes λ / (λ + ε): never above one, and small where λ is.
    @Test func epsilonHoldsSmallVariancesDown() throws {
        let set = Self.mixtures(300)
        let whitening = try Whitening(of: set, kind: "pca-whitening")
        let epsilon = whitening.variances[6]
        let values = try InputNormalizationTests.values(.pcaWhitening(epsilon: epsilon), set)
        let (matrix, _) = covariance(values, features: 12)
        for component in 0..<12 {
            let expected = whitening.variances[component] / (whitening.variances[component] + epsilon)
            #expect(abs(matrix[component * 13] - expected) < 1e-3)
        }
        #expect(abs(matrix[6 * 13] - 0.5) < 1e-3)
    }

    /// Of all whitenings ZCA stays nearest to the image: its map is symmetric.
    @Test func theSymmetricMapIsSymmetric() throws {
        let whitening = try Whitening(of: Self.mixtures(300), kind: "zca-whitening")
        let weights = whitening.symmetricWeights(epsilon: 0.01, components: 12).weights
        for row in 0..<12 {
            for column in 0..<12 { #expect(abs(weights[row * 12 + column] - weights[column * 12 + row]) < 1e-7) }
        }
    }

    @Test func componentsAreOrientedAndOrdered() throws {
        let whitening = try Whitening(of: Self.mixtures(300), kind: "pca-whitening")
        #expect(whitening.variances == whitening.variances.sorted(by: >))
        for index in 0..<12 {
            let vector = whitening.components[(index * 12)..<(index * 12 + 12)]
            #expect(vector.max { abs($0) < abs($1) } ?? 0 > 0)
        }
        #expect(abs(whitening.varianceShare(components: 12) - 1) < 1e-12)
        #expect(whitening.varianceShare(components: 3) < whitening.varianceShare(components: 4))
    }

    /// Pixels that are always black make the covariance singular; epsilon is what keeps the map finite.
    @Test func singularCovariances() throws {
        let set = FittedInputTests.grey
        for normalization in [
            .pcaWhitening(epsilon: 0.01),
            .zcaWhitening(epsilon: 0.01),
        ] as [any InputNormalization] {
            let values = try InputNormalizationTests.values(normalization, set)
            #expect(values.allSatisfy { $0.isFinite })
        }
        let whitening = try Whitening(of: set, kind: "pca-whitening")
        // Forty images span at most 39 directions about their mean.
        #expect(whitening.variances.dropFirst(39).allSatisfy { $0 < 1e-12 })
    }

    /// The sample is taken from the whole set: a direction that only every second image has is found with its variance.
    @Test func samplesOfAlternatingImagesAreFair() throws {
        let count = 2 * Whitening.largestImageCount
        let bytes: [UInt8] = (0..<count).flatMap {
            [$0.isMultiple(of: 2) ? 0 as UInt8 : 255, UInt8(truncatingIfNeeded: $0 / 2 % 2)]
        }
        let set = ImageSet(
            name: "x", shape: ImageShape(height: 1, width: 2, channels: 1), images: bytes,
            labels: [UInt8](repeating: 0, count: count), classes: ["a"])
        let whitening = try Whitening(of: set, kind: "pca-whitening")
        #expect(whitening.imageCount == Whitening.largestImageCount)
        #expect(abs(whitening.variances[0] - 0.25) < 0.001)
    }

    @Test func colourImagesAreRefusedWithAReason() {
        let error = #expect(throws: DataError.self) {
            _ = try fit(.zcaWhitening(epsilon: 0.01), to: FittedInputTests.color)
        }
        #expect(error?.kind == .setting)
        #expect(error?.found.contains("3072 features") == true)
    }

    /// x / 255 = mean + Σ √(λ + ε) zₖ vₖ, also of images that the training set had not.
    @Test func keepingAllComponentsHasAnInverse() throws {
        let train = FittedInputTests.grey
        let other = ImageSet(
            name: "other", shape: train.shape, images: train.images.map { 255 - $0 }, labels: train.labels,
            classes: train.classes)
        let (features, epsilon) = (train.shape.count, 0.01)
        let whitening = try Whitening(of: train, kind: "test")
        func component(_ rank: Int) -> ArraySlice<Double> {
            whitening.components[(rank * features)..<((rank + 1) * features)]
        }
        for normalization in [
            .pcaWhitening(epsilon: epsilon),
            .zcaWhitening(epsilon: epsilon),
        ] as [any InputNormalization] {
            let fitted = try normalization.fit(to: train)
            for set in [train, other] {
                var values = [Float](repeating: 0, count: features)
                fitted.fill(CollectionOfOne(7), of: set, into: &values)
                var pixels = whitening.mean
                for rank in 0..<features {
                    let vector = component(rank)
                    // The whitened value along a component: PCA gives it, of ZCA it is a projection.
                    let along =
                        normalization.kind == "pca-whitening"
                        ? Double(values[rank]) : zip(values, vector).reduce(0) { $0 + Double($1.0) * $1.1 }
                    let scale = (whitening.variances[rank] + epsilon).squareRoot() * along
                    for (feature, weight) in zip(0..<features, vector) { pixels[feature] += scale * weight }
                }
                for (pixel, byte) in zip(pixels, set.images[(7 * features)..<(8 * features)]) {
                    #expect(abs(pixel - Double(byte) / 255) < 1e-4, "\(normalization.kind)")
                }
            }
        }
    }
}
