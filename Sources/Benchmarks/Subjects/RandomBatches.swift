import Kernels

/// Batches of normally distributed inputs and of labels, which a step copies as it would copy real ones.
struct RandomBatches {
    private let inputs: [[Float]]
    private let labels: [[Int32]]

    /// `count` batches of `batch` samples of `values` numbers, the same for the same seed.
    init(count: Int = 8, batch: Int, values: Int, classes: Int, seed: UInt64 = 1) {
        let storage = Storage(count: batch * values)
        let vector = storage.vector(count: batch * values)
        inputs = (0..<count).map { index in
            RandomStream(seed: seed, "benchmark/input", index).fill(vector, deviation: 1)
            return vector.elements
        }
        labels = (0..<count).map { index in
            let stream = RandomStream(seed: seed, "benchmark/label", index)
            return (0..<batch).map { Int32(stream.bits(at: UInt64($0)) % UInt32(classes)) }
        }
        withExtendedLifetime(storage) {}
    }

    /// Fills the inputs and the labels of a step, a whole batch.
    func fill(step: Int, _ matrix: Matrix, _ target: inout [Int32]) {
        let index = step % inputs.count
        matrix.copy(from: inputs[index])
        for place in 0..<target.count { target[place] = labels[index][place] }
    }
}
