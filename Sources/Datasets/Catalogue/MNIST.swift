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
