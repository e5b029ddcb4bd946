import Testing

@testable import Datasets

@Suite struct FittedInputTests {
    /// Every other pixel of drawn digits: small enough for many eigenproblems.
    static let grey: ImageSet = {
        let set = GlyphSet(style: .grey).images("train", count: 40, name: "grey")
        let bytes = (0..<(40 * 196)).map { index in
            let (image, row, column) = (index / 196, index % 196 / 14, index % 14)
            return set.images[image * 784 + row * 56 + column * 2]
        }
        return ImageSet(
            name: "grey", shape: ImageShape(height: 14, width: 14, channels: 1), images: bytes, labels: set.labels,
            classes: set.classes)
    }()
    static let color = GlyphSet(style: .color).images("train", count: 20, name: "color")

    static let cases: [any InputNormalization] =
        InputNormalizations.all.map { $0.init() }
        + StatisticsScope.allCases.flatMap { [.zScore($0), .minMax($0), .meanSubtraction($0)] }

    @Test(arguments: cases)
    func imagesComeInTheOrderAskedFor(normalization: any InputNormalization) throws {
        let fitted = try normalization.fit(to: Self.grey)
        let size = fitted.outputShape.count
        var all = [Float](repeating: 0, count: 40 * size)
        fitted.fill(0..<40, of: Self.grey, into: &all)
        let order = [7, 3, 39, 7]
        var some = [Float](repeating: 0, count: order.count * size)
        fitted.fill(order, of: Self.grey, into: &some)
        for (place, index) in order.enumerated() {
            #expect(some[(place * size)..<((place + 1) * size)] == all[(index * size)..<((index + 1) * size)])
        }
    }

    @Test func nothingBeyondTheImagesIsWritten() throws {
        for normalization in Self.cases {
            let fitted = try normalization.fit(to: Self.grey)
            var values = [Float](repeating: -77, count: fitted.outputShape.count + 5)
            fitted.fill([3], of: Self.grey, into: &values)
            #expect(values.suffix(5) == [-77, -77, -77, -77, -77])
            #expect(!values.dropLast(5).contains(-77))
        }
    }

    @Test func channelsKeepTheirOwnNumbers() throws {
        let fitted = try fit(.meanSubtraction(.channel), to: Self.color)
        var values = [Float](repeating: 0, count: Self.color.shape.count)
        fitted.fill([5], of: Self.color, into: &values)
        for channel in 0..<3 {
            let all = stride(from: channel, to: Self.color.images.count, by: 3).map { Double(Self.color.images[$0]) }
            let mean = all.reduce(0, +) / Double(all.count)
            let byte = Double(Self.color.images[5 * 3072 + 300 + channel])
            #expect(abs(Double(values[300 + channel]) - (byte - mean) / 255) < 1e-6)
        }
    }

    @Test func shapes() throws {
        #expect(try fit(.unit, to: Self.color).outputShape == Self.color.shape)
        let flat = try fit(.pcaWhitening(epsilon: 0.1, components: 50), to: Self.grey)
        #expect(flat.outputShape == ImageShape(height: 1, width: 1, channels: 50))
        let kept = try fit(.zcaWhitening(epsilon: 0.1, components: 50), to: Self.grey)
        #expect(kept.outputShape == Self.grey.shape)
    }
}
