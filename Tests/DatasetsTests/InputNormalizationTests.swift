import Testing

@testable import Datasets

/// The closed forms of the input normalizations.
@Suite struct InputNormalizationTests {
    static let train = GlyphSet(style: .grey).images("train", count: 400, name: "train")
    static let color = GlyphSet(style: .color).images("train", count: 60, name: "color")

    /// A set of one grey pixel an image, whose arithmetic is done by hand.
    static func pixels(_ bytes: [UInt8]) -> ImageSet {
        ImageSet(
            name: "pixels", shape: ImageShape(height: 1, width: 1, channels: 1), images: bytes,
            labels: bytes.map { _ in 0 }, classes: ["a"])
    }

    static func values(_ normalization: any InputNormalization, _ train: ImageSet, _ set: ImageSet? = nil) throws
        -> [Float]
    {
        let (fitted, set) = (try normalization.fit(to: train), set ?? train)
        var values = [Float](repeating: .nan, count: set.count * fitted.outputShape.count)
        fitted.fill(0..<set.count, of: set, into: &values)
        return values
    }

    @Test func everyKindByHand() throws {
        let train = Self.pixels([0, 51, 204])
        #expect(try Self.values(.identity, train) == [0, 51, 204])
        #expect(try Self.values(.unit, train) == [0, 0.2, 0.8])
        #expect(try Self.values(.scale(factor: 0.00390625), train) == [0, 0.19921875, 0.796875])
        #expect(try Self.values(.binary(threshold: 0.5), train) == [0, 0, 1])
        #expect(try Self.values(.minMax(.global), train) == [0, 0.25, 1])
        #expect(try Self.values(.minMax(.global, .symmetric), train) == [-1, -0.5, 1])
        #expect(try Self.values(.leNet, Self.pixels([0, 255])) == [-0.1, 1.175])
        #expect(
            try Self.values(.meanSubtraction(.global), train) == [-1.0 / 3, Float(-34.0 / 255), Float(119.0 / 255)])
        #expect(try Self.values(.meanSubtraction(.global, divisor: 1), train) == [-85, -34, 119])
        #expect(try Self.values(.decimalScaling, train) == [0, 0.051, 0.204])
        // Mean 85 and variance (85² + 34² + 119²) / 3.
        let deviation = (22_542.0 / 3).squareRoot()
        #expect(
            try Self.values(.zScore(.global), train)
                == [Float(-85 / deviation), Float(-34 / deviation), Float(119 / deviation)])
    }

    @Test func binaryIsStrictlyAboveTheThreshold() throws {
        let train = Self.pixels([0, 127, 128, 255])
        #expect(try Self.values(.binary(threshold: 0.5), train) == [0, 0, 1, 1])
        #expect(try Self.values(.binary(threshold: 0), train) == [0, 1, 1, 1])
        #expect(try Self.values(.binary(threshold: 1), train) == [0, 0, 0, 0])
    }

    @Test(arguments: [(99, 100.0), (100, 1000.0), (9, 10.0), (10, 100.0), (255, 1000.0), (0, 1.0), (1, 10.0)])
    func decimalScalingTakesTheSmallestPowerThatGoesBelowOne(largest: UInt8, divisor: Double) throws {
        let fitted = try fit(.decimalScaling, to: Self.pixels([0, largest]))
        #expect(fitted.facts.first?.value == divisor)
    }

    @Test(arguments: StatisticsScope.allCases)
    func zScoresHaveMeanZeroAndDeviationOne(scope: StatisticsScope) throws {
        for set in [Self.train, Self.color] {
            let values = try Self.values(.zScore(scope), set)
            let features = set.shape.count
            // Groups of values that share their statistics.
            let groups = scope == .global ? 1 : scope == .channel ? set.shape.channels : features
            var (sums, squares) = ([Double](repeating: 0, count: groups), [Double](repeating: 0, count: groups))
            for (index, value) in values.enumerated() {
                sums[index % groups] += Double(value)
                squares[index % groups] += Double(value) * Double(value)
            }
            let count = Double(values.count / groups)
            #expect(sums.allSatisfy { abs($0 / count) < 1e-4 })
            #expect(squares.allSatisfy { abs($0 / count - 1) < 1e-3 })
        }
    }

    @Test(arguments: StatisticsScope.allCases)
    func meanSubtractionLeavesNoMean(scope: StatisticsScope) throws {
        let values = try Self.values(.meanSubtraction(scope), Self.color)
        let groups = scope == .global ? 1 : scope == .channel ? 3 : Self.color.shape.count
        var sums = [Double](repeating: 0, count: groups)
        for (index, value) in values.enumerated() { sums[index % groups] += Double(value) }
        #expect(sums.allSatisfy { abs($0) / Double(values.count / groups) < 1e-6 })
    }

    @Test(arguments: StatisticsScope.allCases)
    func minMaxFillsTheUnitInterval(scope: StatisticsScope) throws {
        let values = try Self.values(.minMax(scope), Self.train)
        #expect(values.min() == 0)
        #expect(values.max() == 1)
    }

    /// New data may leave the interval: the note's own objection to min-max.
    @Test func minMaxIsFragileToNewData() throws {
        let train = Self.pixels([50, 100])
        #expect(try Self.values(.minMax(.feature), train, Self.pixels([0, 200])) == [-1, 3])
    }

    @Test func featuresThatNeverVaryBecomeZero() throws {
        let train = Self.pixels([7, 7, 7])
        let test = Self.pixels([7, 200])
        for scope in StatisticsScope.allCases {
            #expect(try Self.values(.zScore(scope), train, test) == [0, 0])
            #expect(try Self.values(.minMax(scope), train, test) == [0, 0])
        }
    }

    /// The test set goes through the numbers of the training set.
    @Test func theTestSetIsNotFitted() throws {
        let train = Self.pixels([0, 100])
        #expect(try Self.values(.zScore(.global), train, Self.pixels([150])) == [2])
    }

    @Test(
        arguments: [
            .scale(factor: 0), .scale(factor: .nan), .binary(threshold: 1.5),
            .pcaWhitening(epsilon: 0), .zcaWhitening(epsilon: -1),
            .meanSubtraction(.global, divisor: 0), .meanSubtraction(.global, divisor: .nan),
            .pcaWhitening(epsilon: 0.1, components: -1), .pcaWhitening(epsilon: 0.1, components: 785),
        ] as [any InputNormalization])
    func parametersOutOfRange(normalization: any InputNormalization) {
        let error = #expect(throws: DataError.self) { _ = try normalization.fit(to: Self.train.prefix(10)) }
        #expect(error?.kind == .setting)
        #expect(error?.subject == normalization.kind)
    }

    @Test func examplesHaveDistinctKindsAndAllFit() throws {
        #expect(Set(InputNormalizations.all.map { $0.kind }).count == InputNormalizations.all.count)
        let small = FittedInputTests.grey
        for normalization in InputNormalizations.all.map({ $0.init() }) {
            let values = try Self.values(normalization, small)
            #expect(values.allSatisfy { $0.isFinite }, "\(normalization.kind)")
        }
    }
}
