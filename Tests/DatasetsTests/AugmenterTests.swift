import CAllocations
import Testing

@testable import Datasets

@Suite struct AugmenterTests {
    private static let set = FittedInputTests.color

    private static func augmentation(_ geometric: Double, _ photometric: Double) -> Augmentation {
        var augmentation = Augmentation()
        augmentation.geometric.strength = geometric
        augmentation.photometric.strength = photometric
        return augmentation
    }

    private static func values(
        _ augmentation: Augmentation, _ indices: [Int], as batch: AugmentedBatch, seed: UInt64 = 1,
        _ normalization: any InputNormalization = .unit
    ) throws -> [Float] {
        let augmenter = try Augmenter(augmentation, shape: set.shape, seed: seed)
        let input = try normalization.fit(to: set)
        var values = [Float](repeating: -77, count: indices.count * input.outputShape.count)
        var span = values.mutableSpan
        input.fill(indices, of: set, distortedBy: augmenter, as: batch, into: &span)
        return values
    }

    private static func plain(_ indices: [Int], _ normalization: any InputNormalization = .unit) throws -> [Float] {
        let input = try normalization.fit(to: set)
        var values = [Float](repeating: -77, count: indices.count * input.outputShape.count)
        input.fill(indices, of: set, into: &values)
        return values
    }

    private static let normalizations: [any InputNormalization] = [
        .unit, .binary(threshold: 0.4), .zScore(.global), .zScore(.channel), .zScore(.feature), .decimalScaling,
    ]

    @Test(arguments: normalizations)
    func withoutStrengthTheBitsAreThoseOfNoAugmentation(normalization: any InputNormalization) throws {
        let indices = [3, 0, 19, 3]
        let plain = try Self.plain(indices, normalization)
        #expect(try Self.values(Self.augmentation(0, 0), indices, as: .step(5), normalization) == plain)
        #expect(try Self.values(Self.augmentation(1, 0), indices, as: .step(5), normalization) != plain)
    }

    /// Colours first, then places, then the input normalization, each image by its own draws.
    @Test(arguments: [(1.0, 0.0), (0, 1), (1, 1), (0.5, 0.3)])
    func anImageIsDistortedAndThenNormalized(geometric: Double, photometric: Double) throws {
        let augmentation = Self.augmentation(geometric, photometric)
        let indices = [4, 17, 4]
        let found = try Self.values(augmentation, indices, as: .step(12), seed: 8, .zScore(.feature))
        let stream = SeededStream(seed: 8, "augment/step-12")
        let set = Self.set
        let shape = set.shape
        var images: [UInt8] = []
        for (place, index) in indices.enumerated() {
            let draws = AugmentationDraws(stream, place: place)
            var colored = [UInt8](repeating: 0, count: shape.count)
            var moved = colored
            augmentation.photometric.distortion(draws).apply(
                to: set.images.span, at: index * shape.count, shape, into: &colored)
            augmentation.geometric.distortion(draws).apply(to: colored.span, at: 0, shape, into: &moved)
            images += moved
        }
        let distorted = ImageSet(
            name: "distorted", shape: shape, images: images, labels: [0, 1, 2], classes: ["a", "b", "c"])
        var expected = [Float](repeating: 0, count: images.count)
        try fit(.zScore(.feature), to: Self.set).fill(0..<3, of: distorted, into: &expected)
        #expect(found == expected)
        #expect(found.prefix(3072) != found.suffix(3072))
    }

    @Test func theBatchsNameAndThePlaceDecide() throws {
        let augmentation = Self.augmentation(1, 1)
        let first = try Self.values(augmentation, [1, 2, 3], as: .step(7))
        #expect(try Self.values(augmentation, [1, 2, 3], as: .step(7)) == first)
        #expect(try Self.values(augmentation, [1, 2, 3, 4, 5], as: .step(7)).prefix(first.count) == first[...])
        for (batch, seed) in [(AugmentedBatch.step(8), 1 as UInt64), (.population(7), 1), (.step(7), 2)] {
            #expect(try Self.values(augmentation, [1, 2, 3], as: batch, seed: seed) != first)
        }
        // An augmenter that has done other things gives the same.
        let augmenter = try Augmenter(augmentation, shape: Self.set.shape, seed: 1)
        let input = try fit(.unit, to: Self.set)
        var values = [Float](repeating: 0, count: first.count)
        for batch in [AugmentedBatch.step(100), .population(3), .step(7)] {
            var span = values.mutableSpan
            input.fill([1, 2, 3], of: Self.set, distortedBy: augmenter, as: batch, into: &span)
        }
        #expect(values == first)
    }

    @Test("a batch allocates nothing", .enabled(if: allocations_of_this_thread() >= 0))
    func allocations() throws {
        let augmenter = try Augmenter(Self.augmentation(1, 1), shape: Self.set.shape, seed: 1)
        let input = try fit(.zScore(.channel), to: Self.set)
        let indices = Array(0..<20)
        var values = [Float](repeating: 0, count: 20 * 3072)
        func fill(_ step: Int) {
            var span = values.mutableSpan
            input.fill(indices, of: Self.set, distortedBy: augmenter, as: .step(step), into: &span)
            input.fill(indices, of: Self.set, distortedBy: augmenter, as: .population(step), into: &span)
        }
        fill(0)
        let before = allocations_of_this_thread()
        for step in 1...3 { fill(step * 1_000_000) }
        #expect(allocations_of_this_thread() - before == 0)
    }

    @Test func aShiftThatLeavesNothingIsRefused() throws {
        var augmentation = Self.augmentation(1, 0)
        augmentation.geometric.shift = 32
        let error = #expect(throws: DataError.self) {
            _ = try Augmenter(augmentation, shape: Self.set.shape, seed: 1)
        }
        #expect(error?.description.contains("augmentation.geometric.shift") == true)
        #expect(error?.description.contains("less than 32, for images of 32×32×3") == true)
        augmentation.geometric.shift = 31
        _ = try Augmenter(augmentation, shape: Self.set.shape, seed: 1)
    }
}
