import Foundation
import Vocabulary

/// Which images a training step sees: a pure function of the seed and the step, so that a resumed run needs no state.
///
/// What does not fill a batch at the end of an epoch is left out: a batch of one image has no variance to normalize with.
/// A shuffled epoch leaves out others each time; with fixed batches it is always the same `count` mod `batch` images that
/// no step sees.
public struct BatchOrder: Sendable {
    /// How the images of an epoch follow each other.
    public enum Order: String, ConfigurationWord {
        /// In a new random order every epoch, from the stream `shuffle/epoch-<e>`.
        case shuffled
        /// In batches that always have the same images: those of the first shuffled epoch, in a new random order every
        /// later epoch, from the stream `shuffle/batches/epoch-<e>`. That examples share their batches costs about one
        /// percent of accuracy (Ioffe & Szegedy 2015, §4.2.1).
        case fixed
        /// As they are in the data set, so that another framework can replay the run.
        case sequential
        /// In batches of one class: the images of the shuffled epoch one class after the other, cut into batches, in a random
        /// order. A batch on the border of two classes has images of both. The extreme of batches that are not independent
        /// draws from all images (Ioffe 2017, §4.3).
        case byClass = "by-class"
        /// In batches of two classes, about half of one and half of another: another two in every batch. Closer to Ioffe
        /// 2017, §4.3, whose batches of 32 have two images of each of 16 of 1000 classes.
        case twoClasses = "two-classes"

        /// Whether the order depends on what the images show.
        public var needsLabels: Bool { self == .byClass || self == .twoClasses }
    }

    /// Images in the set.
    public let count: Int
    /// Images in a batch.
    public let batch: Int
    /// The seed of the shuffles.
    public let seed: UInt64
    /// How the images follow each other.
    public let order: Order
    private let labels: [UInt8]
    private let latestImages = LatestPermutation()
    private let latestBatches = LatestPermutation()
    private let latestHalves = LatestPermutation()
    private let latestClasses = LatestPermutation()

    /// An order over `count` images in batches of `batch`.
    ///
    /// - Parameter labels: the class of each image, for the orders that depend on it; no other looks at it.
    /// - Throws: `setting` where a batch has no image or more than the set has; `wrongCount` where an order by class has
    ///   not one label for each image.
    public init(
        count: Int, batch: Int, seed: UInt64, order: Order = .shuffled, labels: [UInt8] = []
    ) throws(DataError) {
        guard batch >= 1, batch <= count else {
            throw DataError(
                .setting, subject: "batch", found: "\(batch) images", expected: "1…\(count), the size of the data set",
                suggestion: "Choose a batch that the training set can fill.")
        }
        guard !order.needsLabels || labels.count == count else {
            throw DataError(
                .wrongCount, subject: "batch-order", found: "\(labels.count) labels",
                expected: "\(count), one for each image that is put in order by class")
        }
        self.count = count
        self.batch = batch
        self.seed = seed
        self.order = order
        self.labels = order.needsLabels ? labels : []
    }

    /// Whole batches in an epoch.
    public var stepsPerEpoch: Int { count / batch }

    /// The epoch, from 0, that a step, from 0, belongs to.
    public func epoch(ofStep step: Int) -> Int { step / stepsPerEpoch }

    /// The images of a step, from 0: indices into the data set. O(batch), and O(count) at the first step of an epoch; with
    /// fixed batches O(count) once, and O(count / batch) at the first step of an epoch.
    public func indices(step: Int) -> [Int] {
        var indices: [Int] = []
        fill(&indices, step: step)
        return indices
    }

    /// The same into an array that keeps its storage from step to step.
    public func fill(_ indices: inout [Int], step: Int) {
        precondition(step >= 0, "steps are counted from 0")
        let (epoch, position) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
        indices.removeAll(keepingCapacity: true)
        switch order {
        case .sequential: indices.append(contentsOf: range(ofBatch: position))
        case .shuffled: indices.append(contentsOf: permutation(epoch: epoch)[range(ofBatch: position)])
        case .fixed:
            let number = epoch == 0 ? position : permutationOfBatches(epoch: epoch)[position]
            indices.append(contentsOf: permutation(epoch: 0)[range(ofBatch: number)])
        case .byClass:
            let number = permutationOfBatches(epoch: epoch)[position]
            indices.append(contentsOf: imagesByClass(epoch: epoch)[range(ofBatch: number)])
        case .twoClasses:
            let images = imagesByClass(epoch: epoch)
            // The larger half of each batch comes from the front, the other from what is behind: never of one class.
            let (large, small) = (batch - batch / 2, batch / 2)
            let first = permutationOfBatches(epoch: epoch)[position] * large
            let second = stepsPerEpoch * large + permutationOfHalves(epoch: epoch)[position] * small
            indices.append(contentsOf: images[first..<(first + large)])
            indices.append(contentsOf: images[second..<(second + small)])
        }
    }

    private func range(ofBatch number: Int) -> Range<Int> { (number * batch)..<((number + 1) * batch) }

    /// The shuffled order of all images in an epoch, from 0, those of the dropped last batch included.
    func permutation(epoch: Int) -> [Int] {
        latestImages.value(epoch: epoch) { SeededStream(seed: seed, "shuffle/epoch-\(epoch)").permutation(of: count) }
    }

    /// The images of the shuffled epoch, one class after the other; the order of the classes is the epoch's too, so that those
    /// that stand last and do not fill a batch are of another class each time. O(count + classes).
    private func imagesByClass(epoch: Int) -> [Int] {
        latestClasses.value(epoch: epoch) {
            let images = permutation(epoch: epoch)
            let classes = Int(labels.max() ?? 0) + 1
            let ranks = SeededStream(seed: seed, "shuffle/classes/epoch-\(epoch)").permutation(of: classes)
            var members = [[Int]](repeating: [], count: classes)
            for image in images { members[ranks[Int(labels[image])]].append(image) }
            return Array(members.joined())
        }
    }

    /// The order of the smaller halves of batches of two classes in an epoch.
    private func permutationOfHalves(epoch: Int) -> [Int] {
        latestHalves.value(epoch: epoch) {
            SeededStream(seed: seed, "shuffle/halves/epoch-\(epoch)").permutation(of: stepsPerEpoch)
        }
    }

    /// The order of the batches in an epoch: of fixed ones from epoch 1 on.
    private func permutationOfBatches(epoch: Int) -> [Int] {
        latestBatches.value(epoch: epoch) {
            SeededStream(seed: seed, "shuffle/batches/epoch-\(epoch)").permutation(of: stepsPerEpoch)
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
