import Kernels

/// Batches of normally distributed inputs and of labels, which a step copies as it would copy real ones. Each is made when
/// it is first asked for.
final class RandomBatches {
    private let count: Int
    private let batch: Int
    private let values: Int
    private let classes: Int
    private let seed: UInt64
    private let team: Team
    private var made: [(inputs: [Float], labels: [Int32])] = []

    /// `count` batches of `batch` samples of `values` numbers, the same for the same seed.
    init(count: Int = 8, batch: Int, values: Int, classes: Int, seed: UInt64 = 1, team: Team) {
        self.count = count
        self.batch = batch
        self.values = values
        self.classes = classes
        self.seed = seed
        self.team = team
    }

    /// Fills the inputs and the labels of a step, a whole batch, on the team.
    func fill(step: Int, _ matrix: Matrix, _ target: inout [Int32]) {
        let index = step % count
        while made.count <= index { made.append(make(made.count)) }
        matrix.copy(from: made[index].inputs, team: team)
        for place in 0..<target.count { target[place] = made[index].labels[place] }
    }

    private func make(_ index: Int) -> (inputs: [Float], labels: [Int32]) {
        let storage = Storage(count: batch * values)
        let vector = storage.vector(count: batch * values)
        RandomStream(seed: seed, "benchmark/input", index).fill(vector, deviation: 1)
        let stream = RandomStream(seed: seed, "benchmark/label", index)
        let labels = (0..<batch).map { Int32(stream.bits(at: UInt64($0)) % UInt32(classes)) }
        return withExtendedLifetime(storage) { (vector.elements, labels) }
    }
}
