import Datasets
import Engine

/// Hands images to the engine: distorted and normalized as the run says, in the order that it is asked for, straight into
/// its memory.
public final class ImageFeed {
    private let input: FittedInput
    private let set: ImageSet
    private let augmenter: Augmenter?
    private let team: Team

    /// The values of an item of work on the team: some microseconds.
    private static let valuesPerItem = 8192

    /// A feed of the images of a set.
    ///
    /// - Parameters:
    ///   - augmenter: what distorts the images of batches that are asked for as training batches.
    ///   - team: who normalizes; images are distorted one after the other.
    public init(_ input: FittedInput, _ set: ImageSet, augmenter: Augmenter? = nil, team: Team) {
        self.input = input
        self.set = set
        self.augmenter = augmenter
        self.team = team
    }

    /// Fills the rows of a batch with images.
    ///
    /// - Parameter batch: which training batch it is; nil leaves the images as they are.
    public func fill(_ indices: [Int], as batch: AugmentedBatch? = nil, into matrix: Matrix) {
        let (input, set) = (input, set)
        if let augmenter, let batch {
            matrix.withMutableSpan { input.fill(indices, of: set, distortedBy: augmenter, as: batch, into: &$0) }
            return
        }
        let rows = input.outputShape.count / matrix.columns
        let images = max(1, Self.valuesPerItem / input.outputShape.count)
        team.forEachPart(of: indices.count, size: images) { places in
            matrix.rows(places.lowerBound * rows..<places.upperBound * rows).withMutableSpan {
                input.fill(indices[places], of: set, into: &$0)
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
