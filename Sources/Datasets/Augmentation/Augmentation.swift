import Vocabulary

/// How the images of training batches are distorted at random.
///
/// Each part has a strength from 0 (off) to 1 (as declared) which scales all that the part does. The draws themselves do not
/// depend on it: runs of one seed that differ in a strength alone see the same distortions, weaker or stronger.
public struct Augmentation: Configurable, Hashable {
    /// Where things are: shift and mirroring.
    public var geometric = GeometricAugmentation()
    /// What colours they have: brightness, contrast and saturation.
    public var photometric = PhotometricAugmentation()

    public static let kind = "augmentation"
    public static let summary = "How the images of training batches are distorted at random; by default not at all."
    public static let fields: [Field<Self>] = [
        Field("geometric", \.geometric, .record(), GeometricAugmentation.summary),
        Field("photometric", \.photometric, .record(), PhotometricAugmentation.summary),
    ]

    /// Off, with the usual extents.
    public init() {}

    /// Whether images stay as they are.
    public var isOff: Bool { geometric.strength == 0 && photometric.strength == 0 }

    /// Whether images of a shape can be distorted so.
    ///
    /// - Throws: `setting` where a shift could move an image out of sight.
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

    /// What a number decides.
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

    /// An augmenter of images of a shape.
    ///
    /// - Throws: as ``Augmentation/check(_:)`` does.
    public init(_ augmentation: Augmentation, shape: ImageShape, seed: UInt64) throws(DataError) {
        try augmentation.check(shape)
        self.augmentation = augmentation
        self.shape = shape
        self.seed = seed
        image = Array(repeating: 0, count: shape.count)
        colored = Array(repeating: 0, count: shape.count)
    }

    /// The stream of a batch's distortions.
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
