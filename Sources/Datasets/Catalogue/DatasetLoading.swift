import Foundation

extension DatasetSource {
    /// The data set in memory, from where the search finds it.
    ///
    /// Every byte is checked: the formats, the numbers of images and labels, the labels, and the SHA-256 of the contents. A
    /// bad file is an error and never something to train on. O(bytes): about half a second for MNIST.
    ///
    /// - Throws: ``DataError`` of any kind but those of downloads.
    public func load(from search: DataSearch) throws(DataError) -> Dataset {
        try load(from: locate(in: search))
    }

    /// The data set in memory, from a known place.
    public func load(from location: DatasetLocation) throws(DataError) -> Dataset {
        switch (format, location) {
        case (.glyphs(let style), _):
            return GlyphSet(style: style).dataset(name: name, trainCount: trainCount, testCount: testCount)
        case (.gaussian, _):
            return GaussianSet().dataset(name: name)
        case (.idx, .folder(_, let urls)):
            return try withAdvice { () throws(DataError) in try loadIDX(urls, origin: location.description) }
        case (.cifar10, .folder(_, let urls)):
            return try withAdvice { () throws(DataError) in try loadCIFAR10(urls, origin: location.description) }
        case (_, .embedded):
            throw DataError(.noCopy, subject: name, found: "no embedded copy", expected: "a folder of files")
        }
    }

    private func loadIDX(_ urls: [URL], origin: String) throws(DataError) -> Dataset {
        var images: [DataFile.Part: [UInt8]] = [:]
        var checksums: [(name: String, sha256: String)] = []
        for (file, url) in zip(files, urls) {
            let isImages = file.part == .trainImages || file.part == .testImages
            let count = file.part == .trainImages || file.part == .trainLabels ? trainCount : testCount
            let array = try IDXArray(contentsOf: url, rank: isImages ? 3 : 1)
            let path = url.path(percentEncoded: false)
            let expected = isImages ? [count, shape.height, shape.width] : [count]
            guard array.dimensions == expected else {
                throw DataError(
                    .wrongCount, subject: path, found: Self.extent(array.dimensions), expected: Self.extent(expected))
            }
            if !isImages, let index = array.bytes.firstIndex(where: { $0 >= classes.count }) {
                throw DataError.labelOutOfRange(array.bytes[index], at: index, classes: classes.count, file: path)
            }
            try check(array.contentSHA256, of: file, at: path)
            images[file.part] = array.bytes
            checksums.append((file.part.rawValue, array.contentSHA256))
        }
        return dataset(
            train: (images[.trainImages] ?? [], images[.trainLabels] ?? []),
            test: (images[.testImages] ?? [], images[.testLabels] ?? []),
            checksum: Dataset.checksum(of: checksums), origin: origin)
    }

    private func loadCIFAR10(_ urls: [URL], origin: String) throws(DataError) -> Dataset {
        var halves: [DataFile.Part: (images: [UInt8], labels: [UInt8])] = [:]
        var checksums: [(name: String, sha256: String)] = []
        let trainFiles = files.count { $0.part == .trainRecords }
        for (file, url) in zip(files, urls) {
            let count = file.part == .trainRecords ? trainCount / trainFiles : testCount
            let batch = try CIFAR10Batch(contentsOf: url, count: count)
            try check(batch.contentSHA256, of: file, at: url.path(percentEncoded: false))
            halves[file.part, default: ([], [])].images += batch.images
            halves[file.part, default: ([], [])].labels += batch.labels
            checksums.append((file.name, batch.contentSHA256))
        }
        return dataset(
            train: halves[.trainRecords] ?? ([], []), test: halves[.testRecords] ?? ([], []),
            checksum: Dataset.checksum(of: checksums), origin: origin)
    }

    private func dataset(
        train: (images: [UInt8], labels: [UInt8]), test: (images: [UInt8], labels: [UInt8]), checksum: String,
        origin: String
    ) -> Dataset {
        Dataset(
            name: name,
            train: ImageSet(
                name: "\(name)/train", shape: shape, images: train.images, labels: train.labels, classes: classes),
            test: ImageSet(
                name: "\(name)/test", shape: shape, images: test.images, labels: test.labels, classes: classes),
            checksum: checksum, origin: origin, isSynthetic: isSynthetic)
    }

    /// Compares the checksum of a file's contents with the pinned one.
    private func check(_ sha256: String, of file: DataFile, at path: String) throws(DataError) {
        guard sha256 == file.contentSHA256 else {
            throw DataError(
                .checksumMismatch, subject: path, found: "contents with SHA-256 \(sha256)",
                expected: "\(file.contentSHA256), those of \(title)")
        }
    }

    /// Runs a reader and replaces its general advice by the command that helps with this data set.
    private func withAdvice<T>(_ body: () throws(DataError) -> T) throws(DataError) -> T {
        do {
            return try body()
        } catch {
            throw error.suggesting(
                "It is not used. Delete the file and run:  normlab data fetch \(name)"
                    + (error.kind == .swappedFiles ? "\n" + error.suggestion : ""))
        }
    }

    private static func extent(_ dimensions: [Int]) -> String {
        dimensions.count == 1
            ? "\(dimensions[0]) labels"
            : "\(dimensions[0]) images of \(dimensions.dropFirst().map(String.init).joined(separator: "×"))"
    }
}
