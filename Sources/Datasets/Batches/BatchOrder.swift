import Foundation

/// Which images a training step sees: a pure function of the seed and the step, so that a resumed run needs no state.
///
/// Every epoch has an order of its own, from the stream `shuffle/epoch-<e>`; what does not fill a batch at the end of an
/// epoch is left out (a batch of one image has no variance to normalize with, and a fixed composition of the batches costs
/// about one percent: Ioffe & Szegedy 2015, §4.2.1).
public struct BatchOrder: Sendable {
    /// How the images of an epoch follow each other.
    public enum Order: String, CaseIterable, Sendable {
        /// In a new random order every epoch.
        case shuffled
        /// As they are in the data set, so that another framework can replay the run.
        case sequential
    }

    /// Images in the set.
    public let count: Int
    /// Images in a batch.
    public let batch: Int
    /// The seed of the shuffles.
    public let seed: UInt64
    /// How the images follow each other.
    public let order: Order
    private let latest = LatestPermutation()

    /// An order over `count` images in batches of `batch`.
    ///
    /// - Throws: `unsupported` where a batch has no image or more than the set has.
    public init(count: Int, batch: Int, seed: UInt64, order: Order = .shuffled) throws(DataError) {
        guard batch >= 1, batch <= count else {
            throw DataError(
                .unsupported, file: "batch", found: "\(batch) images", expected: "1…\(count), the size of the data set",
                suggestion: "Choose a batch that the training set can fill.")
        }
        self.count = count
        self.batch = batch
        self.seed = seed
        self.order = order
    }

    /// Whole batches in an epoch.
    public var stepsPerEpoch: Int { count / batch }

    /// The epoch, from 0, that a step, from 0, belongs to.
    public func epoch(ofStep step: Int) -> Int { step / stepsPerEpoch }

    /// The images of a step, from 0: indices into the data set. O(batch), and O(count) at the first step of an epoch.
    public func indices(step: Int) -> [Int] {
        var indices: [Int] = []
        fill(&indices, step: step)
        return indices
    }

    /// The same into an array that keeps its storage from step to step.
    public func fill(_ indices: inout [Int], step: Int) {
        precondition(step >= 0, "steps are counted from 0")
        let (epoch, position) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
        let range = (position * batch)..<((position + 1) * batch)
        indices.removeAll(keepingCapacity: true)
        switch order {
        case .sequential: indices.append(contentsOf: range)
        case .shuffled: indices.append(contentsOf: permutation(epoch: epoch)[range])
        }
    }

    /// The order of all images in an epoch, from 0, those of the dropped last batch included.
    public func permutation(epoch: Int) -> [Int] {
        guard order == .shuffled else { return Array(0..<count) }
        return latest.value(epoch: epoch) {
            SeededStream(seed: seed, "shuffle/epoch-\(epoch)").permutation(of: count)
        }
    }
}

/// The permutation that was asked for last: consecutive steps want the same one. It changes speed only.
private final class LatestPermutation: @unchecked Sendable {
    // Both variables are used under the lock alone, which is what makes the class safe to share.
    private let lock = NSLock()
    private var epoch = -1
    private var permutation: [Int] = []

    func value(epoch: Int, make: () -> [Int]) -> [Int] {
        lock.withLock {
            if epoch != self.epoch {
                permutation = make()
                self.epoch = epoch
            }
            return permutation
        }
    }
}
