import Vocabulary

/// Random shifts and mirrorings: with strength 1 and the usual extents the padding by 4 pixels, random crop and horizontal
/// flip that CIFAR-10 is trained with (Lee et al. 2015; He et al. 2016).
public struct GeometricAugmentation: Configurable, Hashable {
    /// From 0, off, to 1, as declared.
    public var strength = 0.0
    /// Whether images are mirrored left to right, half of them at strength 1.
    public var flip = true
    /// Pixels by which an image is moved at most, in each direction.
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

    /// Off, with the usual extents.
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
    /// Pixels to the right.
    var right = 0
    /// Pixels down.
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
