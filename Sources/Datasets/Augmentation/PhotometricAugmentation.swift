import Vocabulary

/// Random brightness, contrast and saturation after Howard 2013 (arXiv 1312.5402), whose factors are between 0.5 and 1.5.
public struct PhotometricAugmentation: Configurable, Hashable {
    /// From 0, off, to 1, as declared.
    public var strength = 0.0
    /// How far the factor of brightness goes from 1.
    public var brightness = 0.5
    /// How far the factor of contrast goes from 1.
    public var contrast = 0.5
    /// How far the factor of saturation goes from 1; grey images have none.
    public var saturation = 0.5

    public static let kind = "photometric"
    public static let summary = "Brightness, contrast and saturation by random factors, after Howard 2013."
    public static let fields: [Field<Self>] = [
        Field("strength", \.strength, 0...1, "From 0, off, to 1, as declared: the others are multiplied by it."),
        Field("brightness", \.brightness, 0...1, "The factor of brightness is within 1 ± this."),
        Field("contrast", \.contrast, 0...1, "The factor of contrast is within 1 ± this."),
        Field("saturation", \.saturation, 0...1, "The factor of saturation is within 1 ± this; grey images have none."),
    ]

    /// Off, with the usual extents.
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
