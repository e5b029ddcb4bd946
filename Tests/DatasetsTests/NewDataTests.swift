import Testing

@testable import Datasets

/// Data that changed between training and use, against the map done by hand on real numbers.
@Suite struct NewDataTests {
    /// Every affine map of grey images, and of images with several channels those that are no whitening.
    private static let fitted: [(input: FittedInput, set: ImageSet)] =
        [FittedInputTests.grey, FittedInputTests.color].flatMap { set in
            FittedInputTests.cases.filter { $0.kind != "binary" }
                .compactMap { normalization in (try? normalization.fit(to: set)).map { ($0, set) } }
        }

    private static func values(_ feed: NewDataFeed, _ set: ImageSet, outputs: Int) -> [Float] {
        var values = [Float](repeating: .nan, count: set.count * outputs)
        var span = values.mutableSpan
        feed.fill(Array(0..<set.count), of: set, into: &span)
        return values
    }

    @Test func byHand() throws {
        let train = InputNormalizationTests.pixels([50, 100])
        let test = InputNormalizationTests.pixels([0, 200])
        func values(_ normalization: any InputNormalization, _ change: NewData) throws -> [Float] {
            try Self.values(NewDataFeed(normalization.fit(to: train), change), test, outputs: 1)
        }
        #expect(try values(.minMax(.feature), .shift(100)) == [1, 5])
        #expect(try values(.minMax(.global), .rescaling(2)) == [-1, 7])
        #expect(try values(.zScore(.feature), .outlier(1075)) == [40, 40])
        #expect(try values(.decimalScaling, .outlier(25_500)) == [25.5, 25.5])
        #expect(try values(.identity, .shift(-300)) == [-300, -100])
    }

    @Test func noChangeChangesNothing() throws {
        for (input, set) in Self.fitted {
            var plain = [Float](repeating: 0, count: set.count * input.outputShape.count)
            input.fill(0..<set.count, of: set, into: &plain)
            for change in [NewData.shift(0), .rescaling(1)] {
                let same = try Self.values(NewDataFeed(input, change), set, outputs: input.outputShape.count)
                #expect(zip(plain, same).allSatisfy { abs($0 - $1) <= 1e-4 }, "\(input.normalization)")
            }
        }
    }

    private static func set(like set: ImageSet, _ images: [UInt8]) -> ImageSet {
        ImageSet(name: "changed", shape: set.shape, images: images, labels: set.labels, classes: set.classes)
    }

    private static func direct(_ input: FittedInput, _ images: ImageSet) -> [Float] {
        var values = [Float](repeating: 0, count: images.count * input.outputShape.count)
        input.fill(0..<images.count, of: images, into: &values)
        return values
    }

    @Test func allMapsAreThere() {
        #expect(Self.fitted.count { $0.set.shape.channels == 1 } == FittedInputTests.cases.count - 1)
        #expect(
            Self.fitted.contains {
                $0.set.shape.channels == 3 && $0.input.normalization.isEqual(to: ZScoreInput(.channel))
            })
    }

    /// Where the changed values are bytes again, the map of those bytes is the answer.
    @Test func agreesWithTheMapOfChangedBytes() throws {
        for (input, set) in Self.fitted {
            let halved = Self.set(like: set, set.images.map { $0 & 0xfe })
            let half = Self.set(like: set, halved.images.map { $0 / 2 })
            let brighter = Self.set(like: set, half.images.map { $0 + 50 })
            let outputs = input.outputShape.count
            let rescaled = try Self.values(NewDataFeed(input, .rescaling(0.5)), halved, outputs: outputs)
            let shifted = try Self.values(NewDataFeed(input, .shift(50)), half, outputs: outputs)
            let expected = (rescaled: Self.direct(input, half), shifted: Self.direct(input, brighter))
            // To the rounding of single precision: the largest value is some hundreds.
            let tolerance = 2e-6 * (expected.shifted.map(abs).max() ?? 0) + 1e-4
            #expect(zip(rescaled, expected.rescaled).allSatisfy { abs($0 - $1) <= tolerance }, "\(input.normalization)")
            #expect(zip(shifted, expected.shifted).allSatisfy { abs($0 - $1) <= tolerance }, "\(input.normalization)")
        }
    }

    /// So it is where the broken pixel is a byte, for values and for what lies outside.
    @Test func agreesWithTheMapOfImagesWithABrokenByte() throws {
        for (input, set) in Self.fitted {
            let marked = try Self.values(
                NewDataFeed(fit(.identity, to: set), .outlier(1000)), set, outputs: set.shape.count)
            let broken = Self.set(like: set, zip(set.images, marked).map { $1 == 1000 ? 203 : $0 })
            let feed = try NewDataFeed(input, .outlier(203))
            let values = Self.values(feed, set, outputs: input.outputShape.count)
            let expected = Self.direct(input, broken)
            let tolerance = 2e-6 * (expected.map(abs).max() ?? 0) + 1e-4
            #expect(zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance }, "\(input.normalization)")
            let outside = input.shareOutside(broken)
            #expect(feed.shareOutside(set) == outside, "\(input.normalization)")
        }
    }

    @Test func sharesOutside() throws {
        let train = InputNormalizationTests.pixels([50, 100])
        let test = InputNormalizationTests.pixels([50, 60, 90, 100])
        let input = try fit(.minMax(.global), to: train)
        #expect(try NewDataFeed(input, .shift(10)).shareOutside(test) == 0.25)
        #expect(try NewDataFeed(input, .rescaling(2)).shareOutside(test) == 0.75)
        #expect(try NewDataFeed(input, .outlier(101)).shareOutside(test) == 1)
        #expect(try NewDataFeed(fit(.unit, to: train), .shift(10)).shareOutside(test) == nil)
    }

    /// One value an image is broken, always the same one, and not the same in all images.
    @Test func outliersStandAtOnePlaceOfEveryImage() throws {
        let set = FittedInputTests.grey
        let feed = try NewDataFeed(fit(.identity, to: set), .outlier(1000))
        let values = Self.values(feed, set, outputs: set.shape.count)
        let places = values.indices.filter { values[$0] == 1000 }
        #expect(places.map { $0 / set.shape.count } == Array(0..<set.count))
        #expect(Set(places.map { $0 % set.shape.count }).count > set.count / 2)
        #expect(Self.values(feed, set, outputs: set.shape.count) == values)
    }

    @Test func binaryInputsHaveNoValuesBeyond() throws {
        let input = try fit(.binary(threshold: 0.5), to: FittedInputTests.grey)
        let error = #expect(throws: DataError.self) { _ = try NewDataFeed(input, .shift(1)) }
        #expect(error?.kind == .setting)
    }
}
