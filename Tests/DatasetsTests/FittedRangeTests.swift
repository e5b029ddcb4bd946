import Testing

@testable import Datasets

/// Data outside the range of the training set: what becomes of it, and that it is counted.
@Suite struct FittedRangeTests {
    private static let pixels = InputNormalizationTests.pixels

    /// Two features an image: the first between 10 and 30, the second between 100 and 200.
    private static func pairs(_ bytes: [UInt8]) -> ImageSet {
        ImageSet(
            name: "pairs", shape: ImageShape(height: 1, width: 2, channels: 1), images: bytes,
            labels: (0..<(bytes.count / 2)).map { _ in 0 }, classes: ["a"])
    }

    @Test func rangesOfFeaturesAreCountedOneByOne() throws {
        let fitted = try fit(.zScore(.feature), to: Self.pairs([10, 100, 30, 200]))
        // 9 and 31 leave the first range, 99 the second; 30 and 200 are inside.
        let test = Self.pairs([9, 99, 31, 150, 30, 200])
        #expect(fitted.shareOutside(test) == 0.5)
    }

    @Test func oneRangeForAllHoldsMore() throws {
        let train = Self.pairs([10, 100, 30, 200])
        let test = Self.pairs([9, 99, 31, 150, 30, 201])
        for normalization in [.minMax(.global), .zScore(.channel), .decimalScaling] as [any InputNormalization] {
            #expect(try normalization.fit(to: train).shareOutside(test) == 2.0 / 6, "\(normalization.kind)")
        }
    }

    @Test func whiteningHasTheRangesOfItsFeatures() throws {
        let train = Self.pairs([10, 100, 30, 200, 20, 160])
        for normalization in [
            .pcaWhitening(epsilon: 0.01, components: 1),
            .zcaWhitening(epsilon: 0.01),
        ] as [any InputNormalization] {
            #expect(try normalization.fit(to: train).shareOutside(Self.pairs([9, 99, 20, 100])) == 0.5)
        }
    }

    @Test func fixedMapsHaveNoRange() throws {
        let train = Self.pixels([10, 20])
        for normalization in [.identity, .unit, .leNet, .scale(factor: 2), .binary(threshold: 0.5)]
            as [any InputNormalization]
        {
            #expect(try normalization.fit(to: train).shareOutside(Self.pixels([0, 255])) == nil)
        }
    }

    @Test func theTrainingSetIsInsideItsOwnRange() throws {
        for normalization in InputNormalizations.all.map({ $0.init() }) {
            let train = FittedInputTests.grey
            let fitted = try normalization.fit(to: train)
            if let share = fitted.shareOutside(train) { #expect(share == 0, "\(normalization.kind)") }
        }
    }

    @Test func nothingIsClipped() throws {
        let train = Self.pixels([50, 100])
        let test = Self.pixels([0, 200])
        func values(_ normalization: any InputNormalization) throws -> [Float] {
            try InputNormalizationTests.values(normalization, train, test)
        }
        #expect(try values(.minMax(.global)) == [-1, 3])
        #expect(try values(.minMax(.global, .symmetric)) == [-3, 5])
        #expect(try values(.zScore(.global)) == [-3, 5])
        // The largest of the training set is 100: j = 3. A byte cannot reach 1 then, but one of at least 10 does for j = 1.
        #expect(try values(.decimalScaling) == [0, Float(0.2)])
        #expect(
            try InputNormalizationTests.values(.decimalScaling, Self.pixels([0, 9]), Self.pixels([20])) == [2])
    }

    /// The inverse of every affine kind gives the bytes back from the stored numbers alone.
    @Test(arguments: StatisticsScope.allCases)
    func storedNumbersInvertTheMap(scope: StatisticsScope) throws {
        let train = FittedInputTests.grey
        for normalization in [
            .minMax(scope), .minMax(scope, .symmetric), .zScore(scope),
            .meanSubtraction(scope), .decimalScaling, .scale(factor: 1.0 / 256), .leNet, .unit,
        ] as [any InputNormalization] {
            let fitted = try normalization.fit(to: train)
            let numbers = Dictionary(uniqueKeysWithValues: fitted.parameters.map { ($0.name, $0) })
            let varying = PixelStatistics.features(train).map { $0.minimum < $0.maximum }
            var values = [Float](repeating: 0, count: train.shape.count)
            fitted.fill(CollectionOfOne(0), of: train, into: &values)
            for (feature, value) in values.enumerated() where varying[feature] {
                let byte: Int
                if let table = numbers["table"] {
                    let channel = table.shape.count == 2 ? feature % train.shape.channels : 0
                    byte = try #require((0...255).first { table.values[channel * 256 + $0] == value })
                } else {
                    let (center, scale) = try (#require(numbers["center"]), #require(numbers["scale"]))
                    byte = Int((value / scale.values[feature] + center.values[feature]).rounded())
                }
                #expect(byte == Int(train.images[feature]), "\(normalization.kind) \(feature)")
            }
        }
    }

    @Test func storedNumbersHaveTheirExtents() throws {
        for normalization in InputNormalizations.all.map({ $0.init() }) {
            for parameter in try normalization.fit(to: FittedInputTests.grey).parameters {
                #expect(parameter.values.count == parameter.shape.reduce(1, *), "\(normalization.kind)")
            }
        }
        let color = try fit(.zScore(.channel), to: InputNormalizationTests.color)
        #expect(color.parameters.first?.shape == [3, 256])
    }
}
