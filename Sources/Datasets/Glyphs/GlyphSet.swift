/// Digits that the program draws itself, with the strokes of its plots' font: a data set that is always there.
///
/// Every image is a random affine and slightly bent copy of a digit, drawn with a random pen on an uneven ground, with stray
/// strokes, a covering patch and noise. An image depends on the style, the half and its index alone, so that smaller sets
/// are prefixes of larger ones; the arithmetic is whole numbers and IEEE 754's exactly rounded operations, so that the bytes
/// are the same on every machine. Blocks of ten images hold every class once.
///
/// It is synthetic: accuracies on it compare arms with each other and say nothing about handwriting or photographs.
public struct GlyphSet: Sendable {
    /// Grey or colour.
    public let style: GlyphStyle

    /// Images to learn from.
    public static let trainCount = 12_000
    /// Images to measure with.
    public static let testCount = 2_000
    /// The names of the classes.
    public static let classes = (0...9).map(String.init)

    /// What all random choices start from. Another value is another data set.
    static let seed: UInt64 = 0x4e6f_726d_4c61_6201

    /// The set of a style.
    public init(style: GlyphStyle) {
        self.style = style
    }

    /// Draws both halves. O(images · pixels): about 50 µs an image.
    public func dataset(
        name: String, trainCount: Int = GlyphSet.trainCount, testCount: Int = GlyphSet.testCount
    ) -> Dataset {
        let train = images("train", count: trainCount, name: "\(name)/train")
        let test = images("test", count: testCount, name: "\(name)/test")
        let parts =
            [("train-images", train.images), ("train-labels", train.labels)]
            + [("test-images", test.images), ("test-labels", test.labels)]
        return Dataset(
            name: name, train: train, test: test,
            checksum: Dataset.checksum(of: parts.map { (name: $0.0, sha256: SHA256.hexDigest(of: $0.1)) }),
            origin: "embedded", isSynthetic: true)
    }

    /// Draws the first images of a half.
    ///
    /// - Parameters:
    ///   - half: `train` or `test`; another word is a further set of the same kind.
    ///   - count: how many images.
    ///   - name: what the set is called.
    public func images(_ half: String, count: Int, name: String) -> ImageSet {
        let path = "glyphs/\(style.rawValue)/\(half)"
        let labels = labels(path, count: count)
        let stream = SeededStream(seed: Self.seed, path)
        var painter = GlyphPainter(style: style)
        var images = [UInt8](repeating: 0, count: count * style.shape.count)
        for index in 0..<count {
            var draws = Draws(stream: stream, block: UInt64(index))
            painter.paint(digit: Int(labels[index]), with: &draws, into: &images, at: index * style.shape.count)
        }
        return ImageSet(name: name, shape: style.shape, images: images, labels: labels, classes: Self.classes)
    }

    /// Every class once in each block of ten, in a random order.
    private func labels(_ path: String, count: Int) -> [UInt8] {
        var labels: [UInt8] = []
        labels.reserveCapacity(count + 10)
        for block in 0..<((count + 9) / 10) {
            let order = SeededStream(seed: Self.seed, "\(path)/labels-\(block)").permutation(of: 10)
            labels.append(contentsOf: order.map { UInt8($0) })
        }
        return Array(labels.prefix(count))
    }
}

/// Random numbers for one image, drawn one after the other.
struct Draws {
    private let stream: SeededStream
    private var counter: UInt64

    /// The numbers of a block of 2³² of a stream.
    init(stream: SeededStream, block: UInt64) {
        self.stream = stream
        counter = block << 32
    }

    mutating func bits() -> UInt64 {
        counter += 1
        return stream.bits(at: counter)
    }

    /// A number in the range, of 53 random bits.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * (Double(bits() >> 11) * 0x1p-53)
    }

    /// Whether an event of the given probability happens.
    mutating func happens(_ probability: Double) -> Bool {
        uniform(0...1) < probability
    }

    /// A whole number in 0..<bound.
    mutating func index(below bound: Int) -> Int {
        Int(bits().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of mean 0 and deviation 1, nearly normal: the sum of four uniform 16-bit numbers.
    mutating func noise() -> Double {
        let lanes = bits()
        let sum = (lanes & 0xffff) + (lanes >> 16 & 0xffff) + (lanes >> 32 & 0xffff) + (lanes >> 48)
        // Four uniform numbers on 0…65535 have the mean 131070 and the variance 4 · (65536² − 1) / 12.
        return (Double(sum) - 131_070) / 37_837.227_2
    }
}
