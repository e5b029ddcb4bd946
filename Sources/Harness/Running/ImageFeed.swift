import Datasets
import Engine

/// Hands images to the engine: normalized as the run says, in the order that it is asked for. It allocates nothing once
/// it has seen its largest batch.
public final class ImageFeed {
    private let input: FittedInput
    private let set: ImageSet
    private var values: [Float] = []

    /// A feed of the images of a set.
    public init(_ input: FittedInput, _ set: ImageSet) {
        self.input = input
        self.set = set
    }

    /// Fills the rows of a batch with images.
    public func fill(_ indices: some Collection<Int>, into matrix: Matrix) {
        let count = indices.count * input.outputShape.count
        if values.count != count {
            // Only an evaluation's last batch is smaller than the others.
            values.removeLast(max(values.count - count, 0))
            values.append(contentsOf: repeatElement(0, count: count - values.count))
        }
        input.fill(indices, of: set, into: &values)
        matrix.copy(from: values)
    }

    /// Fills the rows and the labels of a batch.
    public func fill(_ indices: some Collection<Int>, into matrix: Matrix, labels: inout [Int32]) {
        fill(indices, into: matrix)
        for (place, index) in indices.enumerated() { labels[place] = Int32(set.labels[index]) }
    }
}
