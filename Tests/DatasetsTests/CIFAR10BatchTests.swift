import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct CIFAR10BatchTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func planesBecomeChannelsLast() throws {
        let labels: [UInt8] = [3, 0, 9]
        let (file, images) = TinyData.batch(labels: labels, start: 17)
        let batch = try CIFAR10Batch(contentsOf: folder.write(file, to: "batch.bin"), count: 3)
        #expect(batch.labels == labels)
        #expect(batch.images == images)
        #expect(batch.contentSHA256 == SHA256.hexDigest(of: file))
        // Red, green and blue of the first pixel lie 1,024 bytes apart in the file and next to each other here.
        #expect(Array(batch.images.prefix(3)) == [file[1], file[1025], file[2049]])
    }

    @Test func wrongSizes() throws {
        let (file, _) = TinyData.batch(labels: [1, 2], start: 0)
        let short = try folder.write(Array(file.dropLast(5)), to: "short.bin")
        let error = try #require(throws: DataError.self) { _ = try CIFAR10Batch(contentsOf: short, count: 2) }
        #expect(error.kind == .truncated)
        #expect(error.found == "6141 bytes")
        #expect(error.expected == "6146 bytes")
        let long = try folder.write(file, to: "long.bin")
        let second = try #require(throws: DataError.self) { _ = try CIFAR10Batch(contentsOf: long, count: 1) }
        #expect(second.kind == .trailingBytes)
    }

    @Test func labelsBeyondTheClasses() throws {
        let (file, _) = TinyData.batch(labels: [1, 9, 10], start: 0)
        let url = try folder.write(file, to: "labels.bin")
        let error = try #require(throws: DataError.self) { _ = try CIFAR10Batch(contentsOf: url, count: 3) }
        #expect(error.kind == .labelOutOfRange)
        #expect(error.found == "label 10 for image 2")
    }
}
