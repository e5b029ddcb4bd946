/// Everything that is known about a data set before it is on the machine: what it holds, where it is looked for, where it
/// can be had, and which bytes are the right ones.
///
/// A new data set is a value of this type in a file of its own and one line in ``DatasetCatalogue``.
public struct DatasetSource: Sendable {
    /// How the files are laid out, and with it which reader takes them.
    public enum Format: Sendable, Equatable {
        /// Four IDX files: training and test images and labels.
        case idx
        /// CIFAR-10's binary version: batches of records.
        case cifar10
        /// No files: drawn by the program.
        case glyphs(GlyphStyle)
        /// No files: drawn from the normal distribution by the program.
        case gaussian
    }

    /// Its word in a configuration.
    public let name: String
    /// Its name in a heading.
    public let title: String
    /// One sentence for lists.
    public let summary: String
    /// Where it was published.
    public let citation: String
    /// The terms under which it may be used, as far as they are stated.
    public let license: String
    /// The shape of every image.
    public let shape: ImageShape
    /// The names of the classes, in the order of their labels.
    public let classes: [String]
    /// Images to learn from.
    public let trainCount: Int
    /// Images to measure with.
    public let testCount: Int
    /// How the files are laid out.
    public let format: Format
    /// The folders that are looked at in every place of a ``DataSearch``, in this order. The first is where downloads go.
    public let folders: [String]
    /// The files of a complete copy.
    public let files: [DataFile]
    /// The archive that holds the files, where they are not published one by one.
    public let archive: DataArchive?
    /// Debian's package of the data set.
    public let debianPackage: String?

    /// A source from its parts.
    public init(
        name: String, title: String, summary: String, citation: String, license: String, shape: ImageShape,
        classes: [String], trainCount: Int, testCount: Int, format: Format, folders: [String] = [],
        files: [DataFile] = [], archive: DataArchive? = nil, debianPackage: String? = nil
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.citation = citation
        self.license = license
        self.shape = shape
        self.classes = classes
        self.trainCount = trainCount
        self.testCount = testCount
        self.format = format
        self.folders = folders
        self.files = files
        self.archive = archive
        self.debianPackage = debianPackage
    }

    /// Whether the program draws images that stand for real ones: results on them say nothing about real data.
    public var isSynthetic: Bool { if case .glyphs = format { true } else { false } }

    /// Whether the program makes the data itself: such a data set is always there.
    public var isEmbedded: Bool { isSynthetic || format == .gaussian }
}

/// One file of a data set.
public struct DataFile: Sendable, Equatable {
    /// What a file holds.
    public enum Part: String, Sendable {
        /// Images to learn from.
        case trainImages = "train-images"
        /// Their labels.
        case trainLabels = "train-labels"
        /// Images to measure with.
        case testImages = "test-images"
        /// Their labels.
        case testLabels = "test-labels"
        /// Images to learn from, each with its label.
        case trainRecords = "train-records"
        /// Images to measure with, each with its label.
        case testRecords = "test-records"
    }

    /// Its name as published, such as `train-images-idx3-ubyte.gz`.
    public let name: String
    /// What it holds.
    public let part: Part
    /// Bytes of the file as published.
    public let byteCount: Int
    /// SHA-256 of the file as published. A file may carry another gzip header and still be right: `contentSHA256` decides.
    public let sha256: String
    /// SHA-256 of the decompressed contents.
    public let contentSHA256: String
    /// Where the file can be had, the best place first; empty where it comes in an archive.
    public let mirrors: [String]

    /// A file from its parts; without `contentSHA256` it is published uncompressed.
    public init(
        name: String, part: Part, byteCount: Int, sha256: String, contentSHA256: String? = nil, mirrors: [String] = []
    ) {
        self.name = name
        self.part = part
        self.byteCount = byteCount
        self.sha256 = sha256
        self.contentSHA256 = contentSHA256 ?? sha256
        self.mirrors = mirrors
    }

    /// The names under which the file is recognised: as published, unpacked, and unpacked by tools that put a dot for a hyphen
    /// (`train-images.idx3-ubyte`).
    public var acceptedNames: [String] {
        guard name.hasSuffix(".gz") else { return [name] }
        let plain = String(name.dropLast(3))
        return [name, plain, plain.replacing("-idx", with: ".idx")]
    }
}

/// A gzipped tar archive that holds the files of a data set.
public struct DataArchive: Sendable, Equatable {
    /// Its name as published.
    public let name: String
    /// Its bytes.
    public let byteCount: Int
    /// Its SHA-256.
    public let sha256: String
    /// Where it can be had, the best place first.
    public let mirrors: [String]

    /// An archive from its parts.
    public init(name: String, byteCount: Int, sha256: String, mirrors: [String]) {
        self.name = name
        self.byteCount = byteCount
        self.sha256 = sha256
        self.mirrors = mirrors
    }
}
