import Foundation
import Vocabulary

/// Which images a training step sees: a pure function of the seed and the step, so that a resumed run needs no state.
///
/// What does not fill a batch at the end of an epoch is left out: a batch of one image has no variance to normalize with.
/// A shuffled epoch leaves out others each time; with fixed batches it is always the same `count` mod `batch` images that
/// no step sees.
public struct BatchOrder: Sendable {
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
    public let seed: UInt64
    public let order: Order
    private let labels: [UInt8]
    private let latestImages = LatestPermutation()
    private let latestBatches = LatestPermutation()
    private let latestHalves = LatestPermutation()
    private let latestClasses = LatestPermutation()

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

/// The images that observations look at: chosen once and the same at every step, for otherwise what seems to be a change of
/// the network may be a change of the images.
public enum ProbeSet: Hashable, Sendable {
    /// The first images of the set. Sets are not always shuffled: the two halves of MNIST's test set are of other writers.
    case first(Int)
    /// A random choice without repetition, in increasing order, from the stream `probe` of the seed.
    case sample(Int, seed: UInt64)

    /// The chosen images as indices into a set of `count` images; all of them where more are asked for than there are.
    public func indices(count: Int) -> [Int] {
        switch self {
        case .first(let size):
            return Array(0..<min(max(size, 0), count))
        case .sample(let size, let seed):
            return SeededStream(seed: seed, "probe").permutation(of: count).prefix(max(size, 0)).sorted()
        }
    }
}

/// Random numbers that a seed and a path name and a counter addresses: the same everywhere, in any order of asking.
///
/// The numbers are SplitMix64's (Steele, Lea, Flood 2014): a strong mixing of an arithmetic progression, so that the n-th
/// number needs none before it. The path is hashed into the start of the progression.
struct SeededStream: Sendable {
    private let key: UInt64

    init(seed: UInt64, _ path: String) {
        self.init(seed: seed, hash: Self.hash(path))
    }

    /// The stream of a seed and of the path `prefix` followed by `number` in decimal, made without making that path: nothing
    /// is allocated.
    init(seed: UInt64, _ prefix: String, _ number: Int) {
        precondition(number >= 0, "a stream numbered \(number)")
        var hash = Self.hash(prefix)
        var unit = 1
        while number / unit >= 10 { unit *= 10 }
        while unit > 0 {
            hash = Self.hash(UInt8(48 + number / unit % 10), after: hash)
            unit /= 10
        }
        self.init(seed: seed, hash: hash)
    }

    /// The hash of a path mixed with the seed, so that close seeds and similar paths are far apart.
    private init(seed: UInt64, hash: UInt64) {
        key = Self.mix(Self.mix(seed &+ Self.step) ^ hash)
    }

    /// The stream of a key: SplitMix64 from that state.
    init(key: UInt64) {
        self.key = key
    }

    /// 64 random bits. O(1).
    func bits(at counter: UInt64) -> UInt64 {
        Self.mix(key &+ (counter &+ 1) &* Self.step)
    }

    /// A whole number in 0..<bound; its bias is below bound / 2⁶⁴. O(1).
    func index(below bound: Int, at counter: UInt64) -> Int {
        Int(bits(at: counter).multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A random order of 0..<count, each order equally likely (Fisher–Yates). O(count).
    func permutation(of count: Int) -> [Int] {
        var order = Array(0..<count)
        for last in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(last, index(below: last + 1, at: UInt64(last)))
        }
        return order
    }

    /// FNV-1a of a path.
    private static func hash(_ path: String) -> UInt64 {
        path.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash($1, after: $0) }
    }

    private static func hash(_ byte: UInt8, after hash: UInt64) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

    private static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    private static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return bits ^ (bits >> 31)
    }
}
