import Foundation
import StrokeFont

/// Digits that the program draws itself, with the strokes of its plots' font: a data set that is always there.
///
/// Every image is a random affine and slightly bent copy of a digit, drawn with a random pen on an uneven ground, with stray
/// strokes, a covering patch and noise. An image depends on the style, the half and its index alone, so that smaller sets
/// are prefixes of larger ones; the arithmetic is whole numbers and IEEE 754's exactly rounded operations, so that the bytes
/// are the same on every machine. Blocks of ten images hold every class once.
///
/// It is synthetic: accuracies on it compare arms with each other and say nothing about handwriting or photographs.
public struct GlyphSet: Sendable {
    public let style: GlyphStyle

    public static let trainCount = 12_000
    public static let testCount = 2_000
    public static let classes = (0...9).map(String.init)

    /// What all random choices start from. Another value is another data set.
    static let seed: UInt64 = 0x4e6f_726d_4c61_6201

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

    /// Draws the first images of a half: `train` or `test`; another word is a further set of the same kind.
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

/// The two kinds of drawn digits.
public enum GlyphStyle: String, Sendable, CaseIterable {
    /// Bright strokes on a dark ground, of MNIST's shape.
    case grey
    /// Strokes that are brighter or darker than a coloured ground, of CIFAR-10's shape.
    case color

    public var shape: ImageShape {
        switch self {
        case .grey: ImageShape(height: 28, width: 28, channels: 1)
        case .color: ImageShape(height: 32, width: 32, channels: 3)
        }
    }
}

/// Draws one distorted digit after the other.
///
/// Only sums, products, quotients and square roots of `Double` are used, which IEEE 754 rounds the same everywhere; sine and
/// cosine are short polynomials for the same reason.
struct GlyphPainter {
    private let style: GlyphStyle
    private let shape: ImageShape
    /// The polylines of the ten digits, centred, their height −1…1, `y` down as in images.
    private let digits: [[[Point]]]
    /// The squared distance of every pixel from the pen's path.
    private var distances: [Double]

    private typealias Point = (x: Double, y: Double)

    init(style: GlyphStyle) {
        self.style = style
        shape = style.shape
        digits = "0123456789".map { character in
            let glyph = StrokeFont.glyph(character)
            let (middle, half) = (glyph.advance / 2, StrokeFont.capHeight / 2)
            return glyph.strokes.map { stroke in
                stroke.map { (x: ($0.x - middle) / half, y: (half - $0.y) / half) }
            }
        }
        distances = Array(repeating: 0, count: shape.height * shape.width)
    }

    mutating func paint(digit: Int, with draws: inout Draws, into images: inout [UInt8], at offset: Int) {
        let pen = draws.uniform(0.7...1.9)
        clear()
        for stroke in distorted(digits[digit], with: &draws) { trace(stroke, reach: pen + 1) }
        if draws.happens(0.3) { trace(strayStroke(with: &draws), reach: pen + 1) }
        switch style {
        case .grey: fillGrey(pen: pen, with: &draws, into: &images, at: offset)
        case .color: fillColor(pen: pen, with: &draws, into: &images, at: offset)
        }
    }

    // MARK: Shapes

    /// A random affine map of the digit, after a slight bend that no affine map undoes.
    private func distorted(_ strokes: [[Point]], with draws: inout Draws) -> [[Point]] {
        let size = Double(shape.height)
        let scaleY = size * draws.uniform(0.29...0.38)
        let scaleX = scaleY * draws.uniform(0.75...1.2)
        let (sine, cosine) = Self.sineAndCosine(draws.uniform(-0.25...0.25))
        let shear = draws.uniform(-0.35...0.35)
        let (bendX, bendY) = (draws.uniform(-0.2...0.2), draws.uniform(-0.2...0.2))
        let centerX = size / 2 + draws.uniform(-0.06...0.06) * size
        let centerY = size / 2 + draws.uniform(-0.06...0.06) * size
        return strokes.map { stroke in
            stroke.map { point in
                let bentX = point.x + bendX * (point.y * point.y - 0.5)
                let bentY = point.y + bendY * (point.x * point.x - 0.3)
                let x = scaleX * (bentX + shear * bentY)
                let y = scaleY * bentY
                return (x: centerX + cosine * x - sine * y, y: centerY + sine * x + cosine * y)
            }
        }
    }

    /// A short straight stroke anywhere, of the digit's ink.
    private func strayStroke(with draws: inout Draws) -> [Point] {
        let size = Double(shape.height)
        let start = (x: draws.uniform(0...size), y: draws.uniform(0...size))
        let (dx, dy) = (draws.uniform(-0.3...0.3) * size, draws.uniform(-0.3...0.3) * size)
        return [start, (x: start.x + dx, y: start.y + dy)]
    }

    /// Taylor's polynomials; below 10⁻⁷ in error for angles up to half a radian.
    private static func sineAndCosine(_ angle: Double) -> (Double, Double) {
        let square = angle * angle
        return (
            angle * (1 - square / 6 * (1 - square / 20 * (1 - square / 42))),
            1 - square / 2 * (1 - square / 12 * (1 - square / 30))
        )
    }

    // MARK: Distances and coverage

    private mutating func clear() {
        for index in distances.indices { distances[index] = .greatestFiniteMagnitude }
    }

    /// Lowers the distances of the pixels within `reach` of a polyline.
    private mutating func trace(_ stroke: [Point], reach: Double) {
        for (start, end) in zip(stroke, stroke.dropFirst()) {
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            let length = max(dx * dx + dy * dy, 1e-12)
            let columns = pixels(min(start.x, end.x) - reach, max(start.x, end.x) + reach, limit: shape.width)
            for row in pixels(min(start.y, end.y) - reach, max(start.y, end.y) + reach, limit: shape.height) {
                for column in columns {
                    // A pixel's centre lies half a pixel inside it.
                    let (x, y) = (Double(column) + 0.5 - start.x, Double(row) + 0.5 - start.y)
                    let along = min(max((x * dx + y * dy) / length, 0), 1)
                    let (offX, offY) = (x - along * dx, y - along * dy)
                    let index = row * shape.width + column
                    distances[index] = min(distances[index], offX * offX + offY * offY)
                }
            }
        }
    }

    /// The pixels of a row or column whose extent meets an interval.
    private func pixels(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
        let first = min(max(Int(low.rounded(.down)), 0), limit)
        return first..<min(max(Int(high.rounded(.up)), first), limit)
    }

    /// How much of a pixel the pen covers, 0…1, from the distance of its centre.
    private func coverage(_ index: Int, pen: Double) -> Double {
        let outer = pen + 0.5
        guard distances[index] < outer * outer else { return 0 }
        return min(outer - distances[index].squareRoot(), 1)
    }

    // MARK: Light

    /// A rectangle that covers part of the digit, in three of ten images.
    private struct Patch {
        let rows: Range<Int>
        let columns: Range<Int>

        init?(size: Int, with draws: inout Draws) {
            guard draws.happens(0.3) else { return nil }
            let (height, width) = (3 + draws.index(below: size / 4), 3 + draws.index(below: size / 4))
            let (top, left) = (draws.index(below: size - height), draws.index(below: size - width))
            rows = top..<(top + height)
            columns = left..<(left + width)
        }

        func covers(_ row: Int, _ column: Int) -> Bool { rows.contains(row) && columns.contains(column) }
    }

    private func fillGrey(pen: Double, with draws: inout Draws, into images: inout [UInt8], at offset: Int) {
        let ground = draws.uniform(0...50)
        let ink = draws.uniform(170...255)
        let deviation = draws.uniform(2...24)
        let patch = Patch(size: shape.height, with: &draws)
        let patchLevel = draws.uniform(0...200)
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                let index = row * shape.width + column
                let covered = patch?.covers(row, column) ?? false
                let level = covered ? patchLevel : ground + (ink - ground) * coverage(index, pen: pen)
                images[offset + index] = Self.byte(level + deviation * draws.noise())
            }
        }
    }

    private func fillColor(pen: Double, with draws: inout Draws, into images: inout [UInt8], at offset: Int) {
        let brightness = draws.uniform(60...195)
        let contrast = draws.uniform(80...125) * (draws.happens(0.5) ? 1 : -1)
        func tint(_ level: Double, _ draws: inout Draws) -> SIMD3<Double> {
            SIMD3(
                level + draws.uniform(-40...40), level + draws.uniform(-40...40), level + draws.uniform(-40...40))
        }
        let ground = tint(brightness, &draws)
        let ink = tint(brightness + contrast, &draws)
        let slopeX = SIMD3(draws.uniform(-1...1), draws.uniform(-1...1), draws.uniform(-1...1))
        let slopeY = SIMD3(draws.uniform(-1...1), draws.uniform(-1...1), draws.uniform(-1...1))
        let deviation = draws.uniform(4...24)
        let patch = Patch(size: shape.height, with: &draws)
        let patchColor = tint(draws.uniform(40...215), &draws)
        let middle = Double(shape.width) / 2
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                let index = row * shape.width + column
                let share = coverage(index, pen: pen)
                let local = ground + slopeX * (Double(column) - middle) + slopeY * (Double(row) - middle)
                let color = patch?.covers(row, column) ?? false ? patchColor : local + (ink - local) * share
                for channel in 0..<3 {
                    images[offset + 3 * index + channel] = Self.byte(color[channel] + deviation * draws.noise())
                }
            }
        }
    }

    private static func byte(_ level: Double) -> UInt8 {
        UInt8(min(max(level + 0.5, 0), 255))
    }
}

/// Vectors of ten independent standard normal values: what Santurkar et al. 2018, §3 train their deep linear network on.
///
/// A value z stands as the byte nearest to 128 + 32·z, so that it is a data set like the others: z-scores are exact to 1/64,
/// and values beyond ±4 (six of 100,000) are cut off. A vector's class is the place of its largest value, the first of
/// equals. A byte is chosen by comparing 53 random bits with the cumulative probabilities of the 256 bytes.
public struct GaussianSet: Sendable {
    /// Values of a vector, and classes.
    public static let size = 10
    /// Vectors to learn from, and as many to measure with.
    public static let count = 1000
    public static let shape = ImageShape(height: 1, width: 1, channels: size)
    public static let classes = (0..<size).map(String.init)
    /// Bytes to one standard deviation.
    static let scale = 32.0

    private static let seed: UInt64 = 0x4e6f_726d_4c61_6202
    /// The probability of a byte or one below it.
    private let cumulative = (0..<255).map { byte in
        let edge = (Double(byte) + 0.5 - 128) / Self.scale
        return 0.5 * erfc(-edge / 2.0.squareRoot())
    }

    /// Draws both halves. O(values · log 256).
    public func dataset(name: String) -> Dataset {
        let (train, test) = (vectors("train", name: name), vectors("test", name: name))
        let parts = [("train-images", train.images), ("test-images", test.images)]
        return Dataset(
            name: name, train: train, test: test,
            checksum: Dataset.checksum(of: parts.map { (name: $0.0, sha256: SHA256.hexDigest(of: $0.1)) }),
            origin: "embedded", isSynthetic: false)
    }

    private func vectors(_ half: String, name: String) -> ImageSet {
        let stream = SeededStream(seed: Self.seed, "gaussian/\(half)")
        let values = (0..<Self.count * Self.size).map { index in
            byte(below: Double(stream.bits(at: UInt64(index)) >> 11) * 0x1p-53)
        }
        let labels = (0..<Self.count).map { vector in
            let part = values[(vector * Self.size)..<((vector + 1) * Self.size)]
            let largest = part.max() ?? 0
            return UInt8((part.firstIndex(of: largest) ?? part.startIndex) - part.startIndex)
        }
        return ImageSet(
            name: "\(name)/\(half)", shape: Self.shape, images: values, labels: labels, classes: Self.classes)
    }

    /// The byte of a share of the probability.
    private func byte(below share: Double) -> UInt8 {
        var (low, high) = (0, cumulative.count)
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] <= share { low = middle + 1 } else { high = middle }
        }
        return UInt8(low)
    }
}

extension DatasetSource {
    static let gaussian = DatasetSource(
        name: "gaussian", title: "Gaussian vectors",
        license: "NormLab's own",
        shape: GaussianSet.shape, classes: GaussianSet.classes, trainCount: GaussianSet.count,
        testCount: GaussianSet.count, format: .gaussian)
}
