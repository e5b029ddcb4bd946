import Datasets
import Engine

/// Hands images to the engine: normalized as the run says, in the order that it is asked for, straight into its memory.
public final class ImageFeed {
    private let input: FittedInput
    private let set: ImageSet

    /// A feed of the images of a set.
    public init(_ input: FittedInput, _ set: ImageSet) {
        self.input = input
        self.set = set
    }

    /// Fills the rows of a batch with images.
    public func fill(_ indices: some Collection<Int>, into matrix: Matrix) {
        matrix.withMutableSpan { input.fill(indices, of: set, into: &$0) }
    }

    /// Fills the rows and the labels of a batch.
    public func fill(_ indices: some Collection<Int>, into matrix: Matrix, labels: inout [Int32]) {
        fill(indices, into: matrix)
        for (place, index) in indices.enumerated() { labels[place] = Int32(set.labels[index]) }
    }
}
