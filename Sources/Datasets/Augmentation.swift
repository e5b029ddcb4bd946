import Vocabulary

/// How the images of training batches are distorted at random.
///
/// Each part has a strength from 0 (off) to 1 (as declared) which scales all that the part does. The draws themselves do not
/// depend on it: runs of one seed that differ in a strength alone see the same distortions, weaker or stronger.
public struct Augmentation: Configurable, Hashable {
    public var geometric = GeometricAugmentation()
    public var photometric = PhotometricAugmentation()

    public static let kind = "augmentation"
    public static let summary = "How the images of training batches are distorted at random; by default not at all."
    public static let fields: [Field<Self>] = [
        Field("geometric", \.geometric, .record(), GeometricAugmentation.summary),
        Field("photometric", \.photometric, .record(), PhotometricAugmentation.summary),
    ]

    public init() {}

    public var isOff: Bool { geometric.strength == 0 && photometric.strength == 0 }

    /// Throws `setting` where a shift could move an image of the shape out of sight.
    public func check(_ shape: ImageShape) throws(DataError) {
        let smallest = min(shape.height, shape.width)
        guard geometric.strength == 0 || (0..<smallest).contains(geometric.shift) else {
            throw DataError(
                .setting, subject: "augmentation.geometric.shift", found: "a shift of up to \(geometric.shift) pixels",
                expected: "less than \(smallest), for images of \(shape)",
                suggestion: "Choose an eighth of the image, such as \(max(1, smallest / 8)).")
        }
    }
}

/// The numbers that one image of a batch is distorted by: its own part of the batch's stream.
///
/// Every number has a place of its own, so that none depends on which others are used.
struct AugmentationDraws {
    private let stream: SeededStream
    private let start: UInt64

    enum Purpose: UInt64 {
        case mirror, right, down, brightness, contrast, saturation
    }

    /// The numbers of the image at a place, from 0, of the batch that the stream belongs to.
    init(_ stream: SeededStream, place: Int) {
        self.stream = stream
        start = UInt64(place) << 3
    }

    /// A number in 0..<1, a multiple of 2⁻⁵³.
    func uniform(_ purpose: Purpose) -> Double {
        Double(stream.bits(at: start + purpose.rawValue) >> 11) * 0x1p-53
    }

    /// A whole number in −reach…reach.
    func integer(within reach: Int, _ purpose: Purpose) -> Int {
        stream.index(below: 2 * reach + 1, at: start + purpose.rawValue) - reach
    }
}

/// A training batch by what it is for: the name of the stream that its distortions are drawn from.
public enum AugmentedBatch: Hashable, Sendable {
    /// That of a training step, from 0: `augment/step-<k>`.
    case step(Int)
    /// One of those that population statistics are taken from, from 0: `augment/population-<b>`, the same distortions at
    /// every evaluation and independent of the steps'.
    case population(Int)
}

/// Distorts the images of training batches, one after the other.
///
/// What happens to an image is a pure function of the seed, the batch's name and the image's place in the batch: nothing
/// has to be saved, and nothing depends on what happened before. Nothing is allocated after the beginning. An augmenter is
/// used by one thread at a time.
public final class Augmenter {
    private let augmentation: Augmentation
    private let shape: ImageShape
    private let seed: UInt64
    /// The image that was distorted last.
    private(set) var image: [UInt8]
    private var colored: [UInt8]

    /// Throws as ``Augmentation/check(_:)`` does.
    public init(_ augmentation: Augmentation, shape: ImageShape, seed: UInt64) throws(DataError) {
        try augmentation.check(shape)
        self.augmentation = augmentation
        self.shape = shape
        self.seed = seed
        image = Array(repeating: 0, count: shape.count)
        colored = Array(repeating: 0, count: shape.count)
    }

    func stream(of batch: AugmentedBatch) -> SeededStream {
        switch batch {
        case .step(let step): SeededStream(seed: seed, "augment/step-", step)
        case .population(let index): SeededStream(seed: seed, "augment/population-", index)
        }
    }

    /// Distorts the image that begins at `start`: first its colours, then its place, so that what comes in at an edge is
    /// black. The result is in ``image``.
    func distort(_ bytes: Span<UInt8>, at start: Int, _ draws: AugmentationDraws) {
        let colors = augmentation.photometric.distortion(draws)
        let movement = augmentation.geometric.distortion(draws)
        guard colors != PhotometricDistortion() else {
            return movement.apply(to: bytes, at: start, shape, into: &image)
        }
        guard movement != GeometricDistortion() else {
            return colors.apply(to: bytes, at: start, shape, into: &image)
        }
        colors.apply(to: bytes, at: start, shape, into: &colored)
        let source = colored
        movement.apply(to: source.span, at: 0, shape, into: &image)
    }
}

extension FittedInput {
    /// Turns images into values as ``fill(_:of:into:)`` does, each distorted before.
    ///
    /// Nothing is allocated.
    public func fill(
        _ indices: [Int], of set: ImageSet, distortedBy augmenter: Augmenter, as batch: AugmentedBatch,
        into values: inout MutableSpan<Float>
    ) {
        precondition(set.shape == inputShape, "images of \(set.shape) for a map fitted to \(inputShape)")
        let stream = augmenter.stream(of: batch)
        var place = 0
        for index in indices {
            augmenter.distort(
                set.images.span, at: index * inputShape.count, AugmentationDraws(stream, place: place))
            let image = augmenter.image
            fillImage(image.span, 0, into: &values, place * outputShape.count)
            place += 1
        }
    }
}

/// Random shifts and mirrorings: with strength 1 and the usual extents the padding by 4 pixels, random crop and horizontal
/// flip that CIFAR-10 is trained with (Lee et al. 2015; He et al. 2016).
public struct GeometricAugmentation: Configurable, Hashable {
    public var strength = 0.0
    public var flip = true
    public var shift = 4

    public static let kind = "geometric"
    public static let summary =
        "Shifts and mirrorings; with strength 1 CIFAR-10's padding by 4 pixels, random crop and horizontal flip."
    public static let fields: [Field<Self>] = [
        Field("strength", \.strength, 0...1, "From 0, off, to 1, as declared: the others are multiplied by it."),
        Field("flip", \.flip, "Whether images are mirrored left to right, at strength 1 half of them; not for digits."),
        Field(
            "shift", \.shift, 0...1_000,
            "Pixels by which an image is moved at most, horizontally and vertically; what comes in is black."),
    ]

    public init() {}

    /// What happens to one image: mirrored with probability ½ · strength; moved by strength · k pixels, rounded, k uniform
    /// in −shift…shift, in each direction.
    func distortion(_ draws: AugmentationDraws) -> GeometricDistortion {
        GeometricDistortion(
            isMirrored: flip && draws.uniform(.mirror) < 0.5 * strength,
            right: distance(draws.integer(within: shift, .right)),
            down: distance(draws.integer(within: shift, .down)))
    }

    private func distance(_ pixels: Int) -> Int { Int((strength * Double(pixels)).rounded()) }
}

/// One movement of an image: by whole pixels, black (0) where nothing comes from, and then mirrored left to right or not.
struct GeometricDistortion: Equatable {
    var isMirrored = false
    var right = 0
    var down = 0

    /// Moves the image that begins at `start` into another place.
    ///
    /// - Precondition: `image` has exactly the size of the image, which is in another array.
    func apply(to bytes: Span<UInt8>, at start: Int, _ shape: ImageShape, into image: inout [UInt8]) {
        var moved = image.mutableSpan
        let (width, channels) = (shape.width, shape.channels)
        precondition(start >= 0 && start + shape.count <= bytes.count && moved.count == shape.count)
        if right != 0 || down != 0 { moved.update(repeating: 0) }
        // What stays visible, in the image's own rows and columns.
        let (top, bottom) = (max(0, -down), min(shape.height, shape.height - down))
        let (left, end) = (max(0, -right), min(width, width - right))
        guard top < bottom, left < end else { return }
        let count = (end - left) * channels
        for row in top..<bottom {
            let source = start + (row * width + left) * channels
            let target = ((row + down) * width + (isMirrored ? width - end - right : left + right)) * channels
            let line = bytes.extracting(source..<(source + count))
            if isMirrored {
                mirror(line, channels: channels, into: &moved, at: target)
            } else {
                for index in line.indices { moved[target + index] = line[index] }
            }
        }
    }

    /// The pixels from the last to the first.
    private func mirror(_ line: Span<UInt8>, channels: Int, into moved: inout MutableSpan<UInt8>, at target: Int) {
        var pixel = line.count - channels
        for place in stride(from: target, to: target + line.count, by: channels) {
            for channel in 0..<channels { moved[place + channel] = line[pixel + channel] }
            pixel -= channels
        }
    }
}

/// Random brightness, contrast and saturation after Howard 2013 (arXiv 1312.5402), whose factors are between 0.5 and 1.5.
public struct PhotometricAugmentation: Configurable, Hashable {
    public var strength = 0.0
    public var brightness = 0.5
    public var contrast = 0.5
    public var saturation = 0.5

    public static let kind = "photometric"
    public static let summary = "Brightness, contrast and saturation by random factors, after Howard 2013."
    public static let fields: [Field<Self>] = [
        Field("strength", \.strength, 0...1, "From 0, off, to 1, as declared: the others are multiplied by it."),
        Field("brightness", \.brightness, 0...1, "The factor of brightness is within 1 ± this."),
        Field("contrast", \.contrast, 0...1, "The factor of contrast is within 1 ± this."),
        Field("saturation", \.saturation, 0...1, "The factor of saturation is within 1 ± this; grey images have none."),
    ]

    public init() {}

    /// What happens to one image: each factor uniform in 1 ± strength · amount.
    func distortion(_ draws: AugmentationDraws) -> PhotometricDistortion {
        PhotometricDistortion(
            brightness: factor(brightness, draws.uniform(.brightness)),
            contrast: factor(contrast, draws.uniform(.contrast)),
            saturation: factor(saturation, draws.uniform(.saturation)))
    }

    private func factor(_ amount: Double, _ uniform: Double) -> Float {
        Float(1 + strength * amount * (2 * uniform - 1))
    }
}

/// One change of an image's light and colours.
///
/// With x a value of a pixel, ℓ the pixel's luminance, 0.299 R + 0.587 G + 0.114 B, or x in grey images, and m the mean of
/// the image's ℓ:
///
///     brightness b:  x ← b·x          contrast c:  x ← m + c·(x − m)          saturation s:  x ← ℓ + s·(x − ℓ)
///
/// These are Pillow's `ImageEnhance` and torchvision's `ColorJitter`. As nothing is cut off in between, the three commute;
/// at the end values are limited to 0…255 and rounded.
struct PhotometricDistortion: Equatable {
    var brightness: Float = 1
    var contrast: Float = 1
    var saturation: Float = 1

    /// Changes the image that begins at `start` into another place.
    ///
    /// - Precondition: `result` has exactly the size of the image, which is in another array.
    func apply(to bytes: Span<UInt8>, at start: Int, _ shape: ImageShape, into result: inout [UInt8]) {
        var changed = result.mutableSpan
        precondition(changed.count == shape.count)
        let image = bytes.extracting(start..<(start + shape.count))
        if shape.channels == 3 {
            applyToColor(image, into: &changed)
        } else {
            applyToGrey(image, into: &changed)
        }
    }

    /// b·c·(s·x + (1 − s)·ℓ) + (1 − c)·b·m: all three in one.
    private func applyToColor(_ bytes: Span<UInt8>, into changed: inout MutableSpan<UInt8>) {
        let pixels = bytes.count / 3
        precondition(bytes.count == 3 * pixels && changed.count == bytes.count)
        var (reds, greens, blues) = (0, 0, 0)
        for pixel in 0..<pixels {
            reds &+= Int(bytes[3 * pixel])
            greens &+= Int(bytes[3 * pixel + 1])
            blues &+= Int(bytes[3 * pixel + 2])
        }
        let offset = self.offset(mean: Float(299 * reds + 587 * greens + 114 * blues) / Float(1000 * pixels))
        let own = brightness * contrast * saturation
        let common = brightness * contrast * (1 - saturation) / 1000
        for pixel in 0..<pixels {
            let (red, green, blue) = (bytes[3 * pixel], bytes[3 * pixel + 1], bytes[3 * pixel + 2])
            let rest = common * Float(Self.luminance(red, green, blue)) + offset
            changed[3 * pixel] = Self.byte(own * Float(red) + rest)
            changed[3 * pixel + 1] = Self.byte(own * Float(green) + rest)
            changed[3 * pixel + 2] = Self.byte(own * Float(blue) + rest)
        }
    }

    /// b·c·x + (1 − c)·b·m.
    private func applyToGrey(_ bytes: Span<UInt8>, into changed: inout MutableSpan<UInt8>) {
        precondition(changed.count == bytes.count)
        var sum = 0
        for index in bytes.indices { sum += Int(bytes[index]) }
        let offset = self.offset(mean: Float(sum) / Float(bytes.count))
        let gain = brightness * contrast
        for index in bytes.indices { changed[index] = Self.byte(gain * Float(bytes[index]) + offset) }
    }

    private func offset(mean: Float) -> Float { (1 - contrast) * brightness * mean }

    /// A thousand times the luminance: a whole number.
    private static func luminance(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int32 {
        299 &* Int32(red) &+ 587 &* Int32(green) &+ 114 &* Int32(blue)
    }

    /// The nearest byte, of two the even one: at 2²³ floats are whole numbers, and the last bits are the number.
    private static func byte(_ value: Float) -> UInt8 {
        UInt8(truncatingIfNeeded: (min(max(value, 0), 255) + 0x1p23).bitPattern)
    }
}
