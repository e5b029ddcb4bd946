import Testing

@testable import Datasets

@Suite struct GeometricAugmentationTests {
    private func moved(_ bytes: [UInt8], _ shape: ImageShape, at start: Int = 0, _ distortion: GeometricDistortion)
        -> [UInt8]
    {
        // What was there before must not matter.
        var image = [UInt8](repeating: 99, count: shape.count)
        distortion.apply(to: bytes.span, at: start, shape, into: &image)
        return image
    }

    private let shape = ImageShape(height: 3, width: 4, channels: 1)
    private let picture: [UInt8] = [
        1, 2, 3, 4,
        5, 6, 7, 8,
        9, 10, 11, 12,
    ]

    @Test func aShiftIsBlackWhereNothingComesFrom() {
        #expect(moved(picture, shape, GeometricDistortion(right: 1, down: 1)) == [0, 0, 0, 0, 0, 1, 2, 3, 0, 5, 6, 7])
        #expect(
            moved(picture, shape, GeometricDistortion(right: -2, down: -1)) == [7, 8, 0, 0, 11, 12, 0, 0, 0, 0, 0, 0])
        #expect(moved(picture, shape, GeometricDistortion(right: 3)) == [0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 9])
        for away in [
            GeometricDistortion(right: 4), .init(right: -4), .init(down: 3), .init(isMirrored: true, down: -9),
        ] {
            #expect(moved(picture, shape, away) == [UInt8](repeating: 0, count: 12))
        }
    }

    @Test func aMirroredShiftIsMirroredAfterwards() {
        #expect(
            moved(picture, shape, GeometricDistortion(isMirrored: true)) == [4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9])
        #expect(
            moved(picture, shape, GeometricDistortion(isMirrored: true, right: 1, down: 1))
                == [0, 0, 0, 0, 3, 2, 1, 0, 7, 6, 5, 0])
        #expect(
            moved(picture, shape, GeometricDistortion(isMirrored: true, right: -1, down: 0))
                == [0, 4, 3, 2, 0, 8, 7, 6, 0, 12, 11, 10])
    }

    @Test func mirroredTwiceIsTheImage() {
        let set = FittedInputTests.color
        let mirrored = moved(set.images, set.shape, at: 7 * 3072, GeometricDistortion(isMirrored: true))
        let image = Array(set.images[(7 * 3072)..<(8 * 3072)])
        #expect(mirrored != image)
        #expect(moved(mirrored, set.shape, GeometricDistortion(isMirrored: true)) == image)
        #expect(moved(image, set.shape, GeometricDistortion()) == image)
    }

    /// Every movement of a small colour image, pixel by pixel from its definition.
    @Test func everyPixelComesFromWhereItShould() {
        let shape = ImageShape(height: 4, width: 5, channels: 3)
        let image = (0..<60).map { UInt8($0 + 1) }
        for (right, down) in (-5...5).flatMap({ right in (-4...4).map { (right, $0) } }) {
            for isMirrored in [false, true] {
                let result = moved(image, shape, .init(isMirrored: isMirrored, right: right, down: down))
                var expected: [UInt8] = []
                for (row, column) in (0..<4).flatMap({ row in (0..<5).map { (row, $0) } }) {
                    let source = (row: row - down, column: (isMirrored ? 4 - column : column) - right)
                    let isInside = (0..<4).contains(source.row) && (0..<5).contains(source.column)
                    let pixel = (source.row * 5 + source.column) * 3
                    expected += isInside ? Array(image[pixel..<(pixel + 3)]) : [0, 0, 0]
                }
                #expect(result == expected, "\(right) \(down) \(isMirrored)")
            }
        }
    }

    /// The first four distortions of a run: part of what a run's results mean.
    @Test func goldenDraws() {
        var augmentation = GeometricAugmentation()
        augmentation.strength = 1
        let stream = SeededStream(seed: 1, "augment/step-0")
        let found = (0..<4).map { augmentation.distortion(AugmentationDraws(stream, place: $0)) }
        #expect(found == Self.golden)
    }

    private static let golden = [
        GeometricDistortion(isMirrored: true, right: -3, down: 0), .init(isMirrored: false, right: 1, down: 3),
        .init(isMirrored: true, right: 2, down: -1), .init(isMirrored: true, right: -4, down: 0),
    ]

    /// Half of the images are mirrored, and all of 9 × 9 places are equally likely.
    /// χ² with 80 degrees of freedom is below 125 with probability 0.999.
    @Test func drawsAreEven() {
        var augmentation = GeometricAugmentation()
        augmentation.strength = 1
        let draws = Self.distortions(augmentation, count: 20_000)
        #expect(abs(draws.count { $0.isMirrored } - 10_000) < 300)
        var counts = [Int](repeating: 0, count: 81)
        for draw in draws { counts[(draw.down + 4) * 9 + draw.right + 4] += 1 }
        let mean = 20_000.0 / 81
        #expect(counts.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) / mean } < 125)
        let diagonal = draws.count { $0.isMirrored && $0.right > 0 }
        #expect(abs(diagonal - 20_000 * 4 / 18) < 300)
    }

    /// The strength scales what was drawn, and draws nothing anew.
    @Test func strengthIsLinear() {
        var augmentation = GeometricAugmentation()
        augmentation.shift = 8
        augmentation.strength = 1
        let whole = Self.distortions(augmentation, count: 2_000)
        augmentation.strength = 0.5
        let half = Self.distortions(augmentation, count: 2_000)
        for (whole, half) in zip(whole, half) {
            #expect(abs(Double(half.right) - Double(whole.right) / 2) <= 0.5)
            #expect(abs(Double(half.down) - Double(whole.down) / 2) <= 0.5)
            #expect(whole.isMirrored || !half.isMirrored)
        }
        #expect(abs(half.count { $0.isMirrored } - 500) < 80)
        augmentation.strength = 0
        #expect(Self.distortions(augmentation, count: 500).allSatisfy { $0 == GeometricDistortion() })
        augmentation.strength = 1
        augmentation.flip = false
        #expect(!Self.distortions(augmentation, count: 500).contains { $0.isMirrored })
        #expect(Self.distortions(augmentation, count: 500).map(\.right) == whole.prefix(500).map(\.right))
    }

    private static func distortions(_ augmentation: GeometricAugmentation, count: Int) -> [GeometricDistortion] {
        (0..<count).map { index in
            let stream = SeededStream(seed: 3, "augment/step-", index / 100)
            return augmentation.distortion(AugmentationDraws(stream, place: index % 100))
        }
    }
}
