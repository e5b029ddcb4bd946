import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct IDXArrayTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func error(_ bytes: [UInt8], rank: Int) throws -> DataError {
        let url = try folder.write(bytes, to: "file")
        return try #require(throws: DataError.self) { _ = try IDXArray(contentsOf: url, rank: rank) }
    }

    @Test(arguments: [false, true])
    func readsWhatWasWritten(isCompressed: Bool) throws {
        let pixels = (0..<60).map { UInt8($0 * 4) }
        let file = FileFormats.idx([5, 4, 3], pixels)
        let url = try folder.write(isCompressed ? FileFormats.gzip(file) : file, to: "images")
        let array = try IDXArray(contentsOf: url, rank: 3)
        #expect(array.dimensions == [5, 4, 3])
        #expect(array.bytes == pixels)
        #expect(array.contentSHA256 == SHA256.hexDigest(of: file))
    }

    @Test func truncatedAndOverlongFiles() throws {
        let file = FileFormats.idx([2, 2, 2], Array(0..<8))
        let short = try error(file.dropLast(1), rank: 3)
        #expect(short.kind == .truncated)
        #expect(short.found == "23 bytes")
        #expect(short.expected == "24 bytes")
        #expect(try error(Array(file.prefix(3)), rank: 3).kind == .truncated)
        #expect(try error(Array(file.prefix(10)), rank: 3).kind == .truncated)
        #expect(try error(file + [0], rank: 3).kind == .trailingBytes)
        #expect(try error(FileFormats.gzip(file + [0]), rank: 3).kind == .trailingBytes)
    }

    @Test func wrongMagicShowsTheBytes() throws {
        let wrong = try error([0x50, 0x4b, 3, 4, 0, 0, 0, 0], rank: 1)
        #expect(wrong.kind == .wrongMagic)
        #expect(wrong.found.contains("50 4b 03 04"))
        #expect(wrong.expected.contains("00 00 08 01"))
        // Floating-point elements (type 0x0d) are a valid IDX file and not one of bytes.
        #expect(try error([0, 0, 0x0d, 1, 0, 0, 0, 0], rank: 1).kind == .wrongMagic)
    }

    @Test func swappedFilesAreSaidToBeSwapped() throws {
        let labels = FileFormats.idx([3], [1, 2, 3])
        let images = FileFormats.idx([1, 2, 2], [1, 2, 3, 4])
        #expect(try error(labels, rank: 3).suggestion.contains("swapped"))
        #expect(try error(images, rank: 1).suggestion.contains("swapped"))
    }

    @Test func impossibleDimensionsTakeNoMemory() throws {
        let huge = [0, 0, 8, 3] + FileFormats.bigEndian(1 << 30) + FileFormats.bigEndian(1 << 30)
        #expect(try error(huge + FileFormats.bigEndian(1 << 30), rank: 3).kind == .wrongCount)
        #expect(try error(FileFormats.idx([0], []), rank: 1).kind == .wrongCount)
        #expect(try error(FileFormats.idx([0xffff_ffff], []), rank: 1).kind == .wrongCount)
    }
}
