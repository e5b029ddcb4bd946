import Datasets
import Engine

/// Hands images to the engine: distorted and normalized as the run says, in the order that it is asked for, straight into
/// its memory.
public final class ImageFeed {
    private let input: FittedInput
    private let set: ImageSet
    private let augmenter: Augmenter?

    /// A feed of the images of a set.
    ///
    /// - Parameter augmenter: what distorts the images of batches that are asked for as training batches.
    public init(_ input: FittedInput, _ set: ImageSet, augmenter: Augmenter? = nil) {
        self.input = input
        self.set = set
        self.augmenter = augmenter
    }

    /// Fills the rows of a batch with images.
    ///
    /// - Parameter batch: which training batch it is; nil leaves the images as they are.
    public func fill(_ indices: [Int], as batch: AugmentedBatch? = nil, into matrix: Matrix) {
        matrix.withMutableSpan { values in
            if let augmenter, let batch {
                input.fill(indices, of: set, distortedBy: augmenter, as: batch, into: &values)
            } else {
                input.fill(indices, of: set, into: &values)
            }
        }
    }

    /// Fills the rows and the labels of a batch.
    public func fill(
        _ indices: [Int], as batch: AugmentedBatch? = nil, into matrix: Matrix, labels: inout [Int32]
    ) {
        fill(indices, as: batch, into: matrix)
        for (place, index) in indices.enumerated() { labels[place] = Int32(set.labels[index]) }
    }
}
