import Testing

@testable import Datasets

/// Data that changed between training and use, against the map done by hand on real numbers.
@Suite struct NewDataTests {
    private static let affine = InputNormalization.examples.filter { $0.kind != "binary" }

    private static func values(_ feed: NewDataFeed, _ set: ImageSet, outputs: Int) -> [Float] {
        var values = [Float](repeating: .nan, count: set.count * outputs)
        var span = values.mutableSpan
        feed.fill(Array(0..<set.count), of: set, into: &span)
        return values
    }

    @Test func byHand() throws {
        let train = InputNormalizationTests.pixels([50, 100])
        let test = InputNormalizationTests.pixels([0, 200])
        func values(_ normalization: InputNormalization, _ change: NewData) throws -> [Float] {
            try Self.values(NewDataFeed(normalization.fit(to: train), change), test, outputs: 1)
        }
        #expect(try values(.minMax(.feature), .shift(100)) == [1, 5])
        #expect(try values(.minMax(.global), .rescaling(2)) == [-1, 7])
        #expect(try values(.zScore(.feature), .outlier(1075)) == [40, 40])
        #expect(try values(.decimalScaling, .outlier(25_500)) == [25.5, 25.5])
        #expect(try values(.identity, .shift(-300)) == [-300, -100])
    }

    @Test func noChangeChangesNothing() throws {
        let set = FittedInputTests.grey
        for normalization in Self.affine {
            let input = try normalization.fit(to: set)
            var plain = [Float](repeating: 0, count: set.count * input.outputShape.count)
            input.fill(0..<set.count, of: set, into: &plain)
            for change in [NewData.shift(0), .rescaling(1)] {
                let same = try Self.values(NewDataFeed(input, change), set, outputs: input.outputShape.count)
                #expect(zip(plain, same).allSatisfy { abs($0 - $1) <= 1e-4 }, "\(normalization.kind)")
            }
        }
    }

    /// Where the changed values are bytes again, the map of those bytes is the answer.
    @Test func agreesWithTheMapOfChangedBytes() throws {
        let set = FittedInputTests.grey
        let halved = ImageSet(
            name: "halved", shape: set.shape, images: set.images.map { $0 & 0xfe }, labels: set.labels,
            classes: set.classes)
        let half = ImageSet(
            name: "half", shape: set.shape, images: halved.images.map { $0 / 2 }, labels: set.labels,
            classes: set.classes)
        let brighter = ImageSet(
            name: "brighter", shape: set.shape, images: half.images.map { $0 + 50 }, labels: set.labels,
            classes: set.classes)
        for normalization in Self.affine {
            let input = try normalization.fit(to: set)
            let outputs = input.outputShape.count
            func direct(_ images: ImageSet) -> [Float] {
                var values = [Float](repeating: 0, count: set.count * outputs)
                input.fill(0..<set.count, of: images, into: &values)
                return values
            }
            let rescaled = try Self.values(NewDataFeed(input, .rescaling(0.5)), halved, outputs: outputs)
            let shifted = try Self.values(NewDataFeed(input, .shift(50)), half, outputs: outputs)
            #expect(zip(rescaled, direct(half)).allSatisfy { abs($0 - $1) <= 1e-3 }, "\(normalization.kind)")
            #expect(zip(shifted, direct(brighter)).allSatisfy { abs($0 - $1) <= 1e-3 }, "\(normalization.kind)")
        }
    }

    @Test func sharesOutside() throws {
        let train = InputNormalizationTests.pixels([50, 100])
        let test = InputNormalizationTests.pixels([50, 60, 90, 100])
        let input = try InputNormalization.minMax(.global).fit(to: train)
        #expect(try NewDataFeed(input, .shift(10)).shareOutside(test) == 0.25)
        #expect(try NewDataFeed(input, .rescaling(2)).shareOutside(test) == 0.75)
        #expect(try NewDataFeed(input, .outlier(101)).shareOutside(test) == 1)
        #expect(try NewDataFeed(InputNormalization.unit.fit(to: train), .shift(10)).shareOutside(test) == nil)
    }

    /// One value an image is broken, always the same one, and not the same in all images.
    @Test func outliersStandAtOnePlaceOfEveryImage() throws {
        let set = FittedInputTests.grey
        let feed = try NewDataFeed(InputNormalization.identity.fit(to: set), .outlier(1000))
        let values = Self.values(feed, set, outputs: set.shape.count)
        let places = values.indices.filter { values[$0] == 1000 }
        #expect(places.map { $0 / set.shape.count } == Array(0..<set.count))
        #expect(Set(places.map { $0 % set.shape.count }).count > set.count / 2)
        #expect(Self.values(feed, set, outputs: set.shape.count) == values)
    }

    @Test func binaryInputsHaveNoValuesBeyond() throws {
        let input = try InputNormalization.binary(threshold: 0.5).fit(to: FittedInputTests.grey)
        let error = #expect(throws: DataError.self) { _ = try NewDataFeed(input, .shift(1)) }
        #expect(error?.kind == .unsupported)
    }
}
