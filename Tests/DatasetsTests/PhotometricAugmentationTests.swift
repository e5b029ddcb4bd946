import Testing

@testable import Datasets

@Suite struct PhotometricAugmentationTests {
    private func changed(_ bytes: [UInt8], _ shape: ImageShape, at start: Int = 0, _ distortion: PhotometricDistortion)
        -> [UInt8]
    {
        var image = [UInt8](repeating: 99, count: shape.count)
        distortion.apply(to: bytes.span, at: start, shape, into: &image)
        return image
    }

    // MARK: The definitions, in double precision and one after the other

    private func luminances(_ x: [Double], channels: Int) -> [Double] {
        guard channels == 3 else { return x }
        return stride(from: 0, to: x.count, by: 3).map { pixel -> Double in
            let (red, green, blue) = (x[pixel], x[pixel + 1], x[pixel + 2])
            return 0.299 * red + 0.587 * green + 0.114 * blue
        }
    }

    private func brightness(_ x: [Double], _ factor: Double) -> [Double] { x.map { factor * $0 } }

    private func contrast(_ x: [Double], _ factor: Double, channels: Int) -> [Double] {
        let all = luminances(x, channels: channels)
        let mean = all.reduce(0, +) / Double(all.count)
        return x.map { mean + factor * ($0 - mean) }
    }

    private func saturation(_ x: [Double], _ factor: Double, channels: Int) -> [Double] {
        let all = luminances(x, channels: channels)
        return x.enumerated().map { all[$0 / channels] + factor * ($1 - all[$0 / channels]) }
    }

    private static let factors: [(Double, Double, Double)] = [
        (1, 1, 1), (0.5, 1, 1), (1.5, 1, 1), (1, 0.5, 1), (1, 1.5, 1), (1, 1, 0.5), (1, 1, 1.5), (1, 1, 0), (0, 1.2, 1),
        (1.3, 0.7, 0.6), (0.8, 1.45, 1.5),
    ]

    /// A byte is the limited value, rounded.
    private func agrees(_ bytes: [UInt8], _ values: [Double]) -> Bool {
        zip(bytes, values).allSatisfy { abs(Double($0) - min(max($1, 0), 255)) <= 0.5 + 1e-3 }
    }

    @Test(arguments: factors)
    func colorsAreAsDefinedInAnyOrder(b: Double, c: Double, s: Double) {
        let set = FittedInputTests.color
        for index in [0, 11] {
            let start = index * set.shape.count
            let image = set.images[start..<(start + set.shape.count)].map(Double.init)
            let found = changed(
                set.images, set.shape, at: start, .init(brightness: Float(b), contrast: Float(c), saturation: Float(s)))
            let forward = saturation(contrast(brightness(image, b), c, channels: 3), s, channels: 3)
            let backward = brightness(contrast(saturation(image, s, channels: 3), c, channels: 3), b)
            #expect(agrees(found, forward) && agrees(found, backward))
        }
    }

    @Test(arguments: factors)
    func greyIsAsDefinedAndHasNoSaturation(b: Double, c: Double, s: Double) {
        let set = FittedInputTests.grey
        let start = 3 * set.shape.count
        let image = set.images[start..<(start + set.shape.count)].map(Double.init)
        let found = changed(
            set.images, set.shape, at: start, .init(brightness: Float(b), contrast: Float(c), saturation: Float(s)))
        #expect(agrees(found, contrast(brightness(image, b), c, channels: 1)))
    }

    @Test func handMade() {
        // Luminances 76.245, 149.685, 29.07 and 255 of red, green, blue and white; their mean is 127.5.
        let image: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255]
        let shape = ImageShape(height: 2, width: 2, channels: 3)
        #expect(changed(image, shape, .init()) == image)
        #expect(changed(image, shape, .init(brightness: 0.5)) == [128, 0, 0, 0, 128, 0, 0, 0, 128, 128, 128, 128])
        #expect(
            changed(image, shape, .init(contrast: 0.5)) == [191, 64, 64, 64, 191, 64, 64, 64, 191, 191, 191, 191])
        #expect(changed(image, shape, .init(saturation: 0)) == [76, 76, 76, 150, 150, 150, 29, 29, 29, 255, 255, 255])
        #expect(changed(image, shape, .init(brightness: 1.5, contrast: 2, saturation: 2)) == image)
    }

    @Test func everyByteSurvivesFactorsOfOne() {
        let bytes = (0..<768).map { UInt8(truncatingIfNeeded: $0 * 7 + $0 / 256) }
        for channels in [1, 3] {
            #expect(changed(bytes, ImageShape(height: 16, width: 48 / channels, channels: channels), .init()) == bytes)
        }
    }

    /// Uniform in 1 ± amount: mean 1, deviation amount / √3, and no further.
    @Test func factorsAreEven() {
        var augmentation = PhotometricAugmentation()
        (augmentation.brightness, augmentation.contrast, augmentation.saturation) = (0.5, 0.3, 0.8)
        augmentation.strength = 1
        let draws = Self.distortions(augmentation, count: 20_000)
        let paths: [(KeyPath<PhotometricDistortion, Float>, Double)] = [
            (\.brightness, 0.5), (\.contrast, 0.3), (\.saturation, 0.8),
        ]
        for (path, amount) in paths {
            let values = draws.map { Double($0[keyPath: path]) - 1 }
            let mean = values.reduce(0, +) / 20_000
            let square = values.reduce(0) { $0 + $1 * $1 } / 20_000
            #expect(abs(mean) < 0.02 * amount)
            #expect(abs(square / (amount * amount / 3) - 1) < 0.03)
            #expect(values.allSatisfy { abs($0) <= amount + 1e-7 })
            #expect((values.max() ?? 0) > 0.999 * amount && (values.min() ?? 0) < -0.999 * amount)
        }
        let product = draws.reduce(0.0) { $0 + (Double($1.brightness) - 1) * (Double($1.contrast) - 1) } / 20_000
        #expect(abs(product) < 0.02 * 0.5 * 0.3)
    }

    /// The strength scales what was drawn, and draws nothing anew.
    @Test func strengthIsLinear() {
        var augmentation = PhotometricAugmentation()
        augmentation.strength = 1
        let whole = Self.distortions(augmentation, count: 500)
        augmentation.strength = 0.25
        for (whole, quarter) in zip(whole, Self.distortions(augmentation, count: 500)) {
            #expect(abs((quarter.brightness - 1) - (whole.brightness - 1) / 4) < 1e-6)
            #expect(abs((quarter.contrast - 1) - (whole.contrast - 1) / 4) < 1e-6)
            #expect(abs((quarter.saturation - 1) - (whole.saturation - 1) / 4) < 1e-6)
        }
        augmentation.strength = 0
        #expect(Self.distortions(augmentation, count: 500).allSatisfy { $0 == PhotometricDistortion() })
    }

    private static func distortions(_ augmentation: PhotometricAugmentation, count: Int) -> [PhotometricDistortion] {
        (0..<count).map { index in
            let stream = SeededStream(seed: 3, "augment/step-", index / 100)
            return augmentation.distortion(AugmentationDraws(stream, place: index % 100))
        }
    }
}
