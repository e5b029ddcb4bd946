/// A data set in memory, with what a run records about where it came from.
public struct Dataset: Sendable {
    /// Its word in a configuration, such as `mnist`.
    public let name: String
    /// The images to learn from.
    public let train: ImageSet
    /// The images to measure with.
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

    /// A data set from its parts; ``DatasetCatalogue/load(_:search:)`` is the usual way to one.
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

    /// The shape of every image.
    public var shape: ImageShape { train.shape }

    /// The names of the classes.
    public var classes: [String] { train.classes }

    /// One checksum for several parts: SHA-256 over lines of `name`, a space, and the part's own SHA-256.
    static func checksum(of parts: [(name: String, sha256: String)]) -> String {
        SHA256.hexDigest(of: Array(parts.map { "\($0.name) \($0.sha256)\n" }.joined().utf8))
    }
}
