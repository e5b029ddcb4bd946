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
