import Synchronization

/// A data set in memory, with what a run records about where it came from.
public struct Dataset: Sendable {
    public let name: String
    public let train: ImageSet
    public let test: ImageSet
    /// SHA-256 (hexadecimal) over the names and SHA-256 of the contents of everything that was read: the same for a
    /// compressed and a plain copy of the same files.
    public let checksum: String
    /// The folder that it was read from, or `embedded`.
    public let origin: String
    /// Whether the images were drawn by a program: results on them say nothing about real data.
    public let isSynthetic: Bool
    /// Shared by all copies.
    let fits = Fits()

    public init(
        name: String, train: ImageSet, test: ImageSet, checksum: String, origin: String, isSynthetic: Bool
    ) {
        precondition(train.shape == test.shape && train.classes == test.classes, "the halves differ in kind")
        self.name = name
        self.train = train
        self.test = test
        self.checksum = checksum
        self.origin = origin
        self.isSynthetic = isSynthetic
    }

    public var shape: ImageShape { train.shape }

    public var classes: [String] { train.classes }

    /// One checksum for several parts: SHA-256 over lines of `name`, a space, and the part's own SHA-256.
    static func checksum(of parts: [(name: String, sha256: String)]) -> String {
        SHA256.hexDigest(of: Array(parts.map { "\($0.name) \($0.sha256)\n" }.joined().utf8))
    }
}

/// The extent of one image, and of one input of a network: channels last, a flat vector is 1 × 1 × C.
public struct ImageShape: Hashable, Sendable, CustomStringConvertible {
    public let height: Int
    public let width: Int
    /// Values of a pixel: 1 for grey, 3 for red, green, blue.
    public let channels: Int

    public init(height: Int, width: Int, channels: Int) {
        precondition(height > 0 && width > 0 && channels > 0, "an image has positive extents")
        self.height = height
        self.width = width
        self.channels = channels
    }

    public var count: Int { height * width * channels }

    /// The extents as people write them, such as `28×28×1`.
    public var description: String { "\(height)×\(width)×\(channels)" }
}

/// Labelled images of one shape: the training or the test half of a data set.
public struct ImageSet: Sendable {
    /// What it is called in messages, such as `mnist/train`.
    public let name: String
    public let shape: ImageShape
    /// The pixels, 0…255: image after image, each row by row, channels last; `count · shape.count` bytes.
    public let images: [UInt8]
    /// The class of each image, an index into `classes`.
    public let labels: [UInt8]
    /// The names of the classes, in the order of their labels.
    public let classes: [String]

    /// A set from its parts.
    ///
    /// - Precondition: there are as many images as labels, and every label is an index into `classes`. Readers of files
    ///   check both and throw; this is for code that makes sets.
    public init(name: String, shape: ImageShape, images: [UInt8], labels: [UInt8], classes: [String]) {
        precondition(images.count == labels.count * shape.count, "images and labels differ in number")
        precondition(labels.allSatisfy { Int($0) < classes.count }, "a label has no class")
        self.name = name
        self.shape = shape
        self.images = images
        self.labels = labels
        self.classes = classes
    }

    public var count: Int { labels.count }

    /// The set of the first `count` images, or of all where there are fewer.
    public func prefix(_ count: Int) -> ImageSet {
        let kept = min(max(count, 0), self.count)
        guard kept < self.count else { return self }
        return ImageSet(
            name: name, shape: shape, images: Array(images[..<(kept * shape.count)]), labels: Array(labels[..<kept]),
            classes: classes)
    }

    /// The labels of the given images in their order, as a loss takes them.
    ///
    /// - Precondition: every index is below `count`.
    public func labels(of indices: some Sequence<Int>) -> [Int32] {
        indices.map { Int32(labels[$0]) }
    }
}

/// Values that are computed once for each key and kept.
///
/// Who asks for a value that another thread computes waits for it; values of different keys do not wait for each other. A
/// computation that throws is tried again by the next who asks.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Entry: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private let entries = Mutex<[Key: Entry]>([:])

    func value<Failure>(for key: Key, _ compute: () throws(Failure) -> Value) throws(Failure) -> Value {
        let entry = entries.withLock { entries in
            if let known = entries[key] { return known }
            let new = Entry()
            entries[key] = new
            return new
        }
        return try entry.value.withLock { known throws(Failure) in
            if let known { return known }
            let value = try compute()
            known = value
            return value
        }
    }
}
