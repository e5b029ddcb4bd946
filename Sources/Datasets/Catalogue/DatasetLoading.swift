import Foundation

extension DatasetSource {
    /// The data set in memory, from where the search finds it.
    ///
    /// Every byte is checked: the formats, the numbers of images and labels, the labels, and the SHA-256 of the contents. A
    /// bad file is an error and never something to train on. O(bytes): about half a second for MNIST.
    ///
    /// - Throws: ``DataError`` of any kind but those of downloads.
    public func load(from search: DataSearch) throws(DataError) -> Dataset {
        let location = try locate(in: search)
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

/// An array of bytes in the IDX format of MNIST and its relatives, compressed or plain.
///
/// The format (LeCun, Cortes, Burges): two zero bytes, the element type (8 = unsigned byte), the number of dimensions, each
/// dimension as a big-endian 32-bit number, then the elements with the last dimension running fastest.
public struct IDXArray: Sendable {
    /// The extents, slowest first: images × rows × columns, or labels alone.
    public let dimensions: [Int]
    public let bytes: [UInt8]
    /// SHA-256 of the decompressed file, header included.
    public let contentSHA256: String

    /// The most elements that a file may announce: 1 GiB, twenty times MNIST. A damaged header must not fill the memory.
    public static let largestCount = 1 << 30

    /// Reads a whole file, compressed or not, of the given number of dimensions: 3 for grey images, 1 for labels.
    ///
    /// - Throws: ``DataError`` of the kinds missing, unreadable, truncated, trailing bytes, corrupt gzip, wrong magic, wrong
    ///   count (an impossible dimension) or HTML instead of data.
    public init(contentsOf url: URL, rank: Int) throws(DataError) {
        let reader = try DataFileReader(url)
        let headerSize = 4 + 4 * rank
        let magic = try reader.read(exactly: 4, of: headerSize)
        let expected: [UInt8] = [0, 0, 8, UInt8(rank)]
        guard magic == expected else {
            let isSwapped = rank == 1 && magic == [0, 0, 8, 3] || rank == 3 && magic == [0, 0, 8, 1]
            throw DataError(
                isSwapped ? .swappedFiles : .wrongMagic, subject: reader.path,
                found: "a file that begins with \(hexadecimal(magic))",
                expected: "\(hexadecimal(expected)), an IDX file of \(rank == 1 ? "labels" : "images")",
                suggestion: isSwapped
                    ? "Images and labels seem to have been swapped: check the names of the files."
                    : "Delete the file and fetch it again.")
        }
        let header = try reader.read(exactly: 4 * rank, of: headerSize)
        dimensions = (0..<rank).map { dimension in
            header[(4 * dimension)..<(4 * dimension + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard dimension > 0, !overflow, product <= Self.largestCount else {
                throw DataError(
                    .wrongCount, subject: reader.path,
                    found: "dimensions \(dimensions.map(String.init).joined(separator: "×"))",
                    expected: "positive ones of at most \(Self.largestCount) elements",
                    suggestion: "Delete the file and fetch it again.")
            }
            count = product
        }
        bytes = try reader.read(exactly: count, of: headerSize + count)
        try reader.finish()
        contentSHA256 = reader.contentSHA256
    }
}

/// Bytes as people write them in hexadecimal: `00 00 08 03`.
private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}

/// One file of CIFAR-10's binary version: records of a label and 32 × 32 pixels, turned channels last.
///
/// A record is 3,073 bytes: the label, then 1,024 red, 1,024 green and 1,024 blue values, each plane row by row
/// (Krizhevsky, <https://www.cs.toronto.edu/~kriz/cifar.html>, "Binary version").
public struct CIFAR10Batch: Sendable {
    /// The pixels of all images, channels last.
    public let images: [UInt8]
    public let labels: [UInt8]
    public let contentSHA256: String

    public static let shape = ImageShape(height: 32, width: 32, channels: 3)
    public static let classCount = 10

    /// Reads a file of `count` records. Throws ``DataError`` of the kinds missing, unreadable, truncated, trailing bytes, label
    /// out of range or HTML instead of data.
    public init(contentsOf url: URL, count: Int) throws(DataError) {
        let reader = try DataFileReader(url)
        let planeSize = Self.shape.height * Self.shape.width
        let recordSize = 1 + Self.shape.count
        let bytes = try reader.read(exactly: count * recordSize, of: count * recordSize)
        try reader.finish()
        contentSHA256 = reader.contentSHA256

        labels = (0..<count).map { bytes[$0 * recordSize] }
        if let record = labels.firstIndex(where: { $0 >= Self.classCount }) {
            throw DataError.labelOutOfRange(
                labels[record], at: record, classes: Self.classCount, file: reader.path)
        }
        var images = [UInt8](repeating: 0, count: count * Self.shape.count)
        for record in 0..<count {
            let source = record * recordSize + 1
            var target = record * Self.shape.count
            for pixel in 0..<planeSize {
                images[target] = bytes[source + pixel]
                images[target + 1] = bytes[source + planeSize + pixel]
                images[target + 2] = bytes[source + 2 * planeSize + pixel]
                target += 3
            }
        }
        self.images = images
    }
}

extension DataError {
    static func labelOutOfRange(_ label: UInt8, at index: Int, classes: Int, file: String) -> DataError {
        DataError(
            .labelOutOfRange, subject: file, found: "label \(label) for image \(index)",
            expected: "labels 0…\(classes - 1)", suggestion: "Delete the file and fetch it again.")
    }
}
