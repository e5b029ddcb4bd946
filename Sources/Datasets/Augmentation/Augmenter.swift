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
