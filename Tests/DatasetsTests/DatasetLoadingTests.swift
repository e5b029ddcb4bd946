import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Every kind of bad file, each of which must be an error that says so and never a data set.
@Suite struct DatasetLoadingTests {
    let folder: TemporaryFolder
    let source = TinyData.source()

    init() throws { folder = try TemporaryFolder() }

    private func load() throws -> Dataset { try source.load(from: TinyData.search(folder)) }

    private func error(_ name: String, _ bytes: [UInt8]) throws -> DataError {
        try TinyData.write(to: folder, replacing: name, with: bytes)
        return try #require(throws: DataError.self) { _ = try load() }
    }

    @Test func compressedAndPlainCopiesAreTheSame() throws {
        try TinyData.write(to: folder, at: "tiny")
        let zipped = try load()
        let other = try TemporaryFolder()
        try TinyData.write(to: other, at: "Tiny/raw", isCompressed: false)
        let plain = try source.load(from: TinyData.search(other))
        for data in [zipped, plain] {
            #expect(data.train.images == TinyData.trainImages)
            #expect(data.train.labels == TinyData.trainLabels)
            #expect(data.test.images == TinyData.testImages)
            #expect(data.test.labels == TinyData.testLabels)
            #expect(data.shape == TinyData.shape)
        }
        #expect(zipped.checksum == plain.checksum)
        #expect(zipped.origin.hasSuffix("/tiny/"))
        #expect(plain.origin.hasSuffix("/Tiny/raw/"))
    }

    @Test func anotherNameOfThePlainFileIsTaken() throws {
        try TinyData.write(to: folder, isCompressed: false)
        try FileManager.default.moveItem(
            at: folder.url.appending(path: "tiny/train-images-idx3-ubyte"),
            to: folder.url.appending(path: "tiny/train-images.idx3-ubyte"))
        #expect(try load().train.images == TinyData.trainImages)
    }

    @Test(arguments: TinyData.contents.map(\.name))
    func everyTruncatedFile(name: String) throws {
        let bytes = try #require(TinyData.contents.first { $0.name == name }).bytes
        let cut = try error(name, Array(FileFormats.gzip(bytes).dropLast(9)))
        #expect(cut.kind == .truncated)
        #expect(cut.subject.hasSuffix("tiny/\(name)"))
        #expect(cut.suggestion.contains("normlab data fetch tiny"))
        #expect(try error(name, FileFormats.gzip(bytes.dropLast(1))).kind == .truncated)
    }

    @Test func oneWrongPixelFailsTheChecksum() throws {
        var bytes = TinyData.contents[0].bytes
        bytes[100] ^= 1
        let wrong = try error("train-images-idx3-ubyte.gz", FileFormats.gzip(bytes))
        #expect(wrong.kind == .checksumMismatch)
        #expect(wrong.found.contains(SHA256.hexDigest(of: bytes)))
        #expect(wrong.expected.contains(SHA256.hexDigest(of: TinyData.contents[0].bytes)))
    }

    @Test func damagedGzip() throws {
        var bytes = FileFormats.gzip(TinyData.contents[0].bytes)
        bytes[100] ^= 1
        #expect(try error("train-images-idx3-ubyte.gz", bytes).kind == .corruptGzip)
    }

    @Test func aWebPageInPlaceOfData() throws {
        let page = Array("<html><head><title>403 Forbidden</title></head></html>".utf8)
        let html = try error("t10k-images-idx3-ubyte.gz", page)
        #expect(html.kind == .htmlInsteadOfData)
        #expect(html.found.contains("403 Forbidden") || html.found.contains("<html>"))
    }

    @Test func countsThatDisagree() throws {
        let fewer = FileFormats.idx([29, 4, 3], Array(TinyData.trainImages.dropLast(12)))
        let images = try error("train-images-idx3-ubyte.gz", FileFormats.gzip(fewer))
        #expect(images.kind == .wrongCount)
        #expect(images.found == "29 images of 4×3")
        #expect(images.expected == "30 images of 4×3")
        let labels = try error("train-labels-idx1-ubyte.gz", FileFormats.gzip(FileFormats.idx([29], Array(0..<29))))
        #expect(labels.kind == .wrongCount)
        #expect(labels.expected == "30 labels")
        let turned = FileFormats.idx([30, 3, 4], TinyData.trainImages)
        #expect(try error("train-images-idx3-ubyte.gz", FileFormats.gzip(turned)).kind == .wrongCount)
    }

    @Test func labelsBeyondTheClasses() throws {
        var labels = TinyData.trainLabels
        labels[7] = 10
        let wrong = try error("train-labels-idx1-ubyte.gz", FileFormats.gzip(FileFormats.idx([30], labels)))
        #expect(wrong.kind == .labelOutOfRange)
        #expect(wrong.found == "label 10 for image 7")
        #expect(wrong.expected == "labels 0…9")
    }

    @Test func anotherFormat() throws {
        let zip: [UInt8] = [0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 100)
        #expect(try error("train-images-idx3-ubyte.gz", zip).kind == .wrongMagic)
    }

    @Test func swappedImagesAndLabelsKeepTheirAdvice() throws {
        let swapped = try error("train-labels-idx1-ubyte.gz", FileFormats.gzip(TinyData.contents[0].bytes))
        #expect(swapped.kind == .swappedFiles)
        #expect(swapped.suggestion.contains("swapped"))
        #expect(swapped.suggestion.contains("normlab data fetch tiny"))
    }

    @Test func batchesOfRecords() throws {
        let train = (0..<2).map { TinyData.batch(labels: [1, 2, UInt8($0)], start: $0 * 50) }
        let test = TinyData.batch(labels: [9, 8], start: 200)
        let files = [("data_1.bin", train[0].file), ("data_2.bin", train[1].file), ("test.bin", test.file)]
        let source = DatasetSource(
            name: "records", title: "", license: "", shape: CIFAR10Batch.shape,
            classes: (0...9).map(String.init), trainCount: 6, testCount: 2, format: .cifar10, folders: ["records"],
            files: files.map { name, bytes in
                DataFile(
                    name: name, part: name == "test.bin" ? .testRecords : .trainRecords, byteCount: bytes.count,
                    sha256: SHA256.hexDigest(of: bytes))
            })
        for (name, bytes) in files { try folder.write(bytes, to: "records/\(name)") }
        let data = try source.load(from: TinyData.search(folder))
        #expect(data.train.labels == [1, 2, 0, 1, 2, 1])
        #expect(data.train.images == train[0].images + train[1].images)
        #expect(data.test.labels == [9, 8])
        #expect(data.test.images == test.images)

        try folder.write(train[0].file, to: "records/data_2.bin")
        let error = try #require(throws: DataError.self) { _ = try source.load(from: TinyData.search(folder)) }
        #expect(error.kind == .checksumMismatch)
    }
}
