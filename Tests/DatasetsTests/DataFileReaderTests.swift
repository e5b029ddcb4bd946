import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DataFileReaderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Forty labels as Python's gzip packs them: a real deflate stream, not the stored blocks of the tests' own writer.
    static let packed: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x63, 0x60, 0xe0, 0x60, 0x64, 0x60,
        0x60, 0xd0, 0x60, 0x60, 0x64, 0x62, 0x66, 0x61, 0x65, 0x63, 0xe7, 0xe0, 0xc4, 0xcf, 0x02, 0x00,
        0x38, 0x20, 0x53, 0xb1, 0x30, 0x00, 0x00, 0x00,
    ]

    static func kind(_ body: () throws -> Void) -> DataError.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? DataError)?.kind
        }
    }

    @Test func inflatesARealStream() throws {
        let reader = try DataFileReader(folder.write(Self.packed, to: "labels.gz"))
        let bytes = try reader.read(exactly: 48, of: 48)
        try reader.finish()
        #expect(bytes == FileFormats.idx([40], (0..<40).map { UInt8($0 % 10) }))
        #expect(reader.contentSHA256 == SHA256.hexDigest(of: bytes))
    }

    @Test func readsPlainAndCompressedAlikeInAnyPieces() throws {
        let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let plain = try folder.write(bytes, to: "plain")
        let zipped = try folder.write(FileFormats.gzip(bytes), to: "zipped")
        for url in [plain, zipped] {
            for size in [999, 262_144, 700_000] {
                let reader = try DataFileReader(url)
                var read: [UInt8] = []
                while true {
                    let piece = try reader.read(upTo: size)
                    read += piece
                    if piece.count < size { break }
                }
                try reader.finish()
                #expect(read == bytes)
                #expect(reader.contentSHA256 == SHA256.hexDigest(of: bytes))
            }
        }
    }

    @Test func readsSeveralMembersAsOne() throws {
        let url = try folder.write(FileFormats.gzip([1, 2]) + FileFormats.gzip([3]), to: "two.gz")
        let reader = try DataFileReader(url)
        #expect(try reader.read(upTo: 10) == [1, 2, 3])
        try reader.finish()
    }

    @Test func withoutInflatingTheFileIsReadAsItIs() throws {
        let reader = try DataFileReader(folder.write(Self.packed, to: "labels.gz"), isInflating: false)
        #expect(try reader.read(upTo: 1000) == Self.packed)
    }

    @Test func neverInflatesMoreThanItIsAskedFor() throws {
        let url = try folder.write(FileFormats.gzip([UInt8](repeating: 0, count: 300_000)), to: "long.gz")
        let reader = try DataFileReader(url)
        #expect(try reader.read(upTo: 10).count == 10)
        #expect(Self.kind { try reader.finish() } == .trailingBytes)
    }

    @Test(arguments: 1..<Self.packed.count)
    func everyPrefixOfAStreamIsTruncated(length: Int) throws {
        // One or two bytes do not yet make a gzip file; they are read as plain ones and end too early just the same.
        let url = try folder.write(Array(Self.packed.prefix(length)), to: "cut.gz")
        let kind = Self.kind {
            let reader = try DataFileReader(url)
            _ = try reader.read(exactly: 48, of: 48)
            try reader.finish()
        }
        #expect(kind == .truncated)
    }

    @Test(arguments: 2..<Self.packed.count)
    func everyDamagedByteIsNoticedOrHarmless(position: Int) throws {
        var bytes = Self.packed
        bytes[position] ^= 0xff
        let url = try folder.write(bytes, to: "damaged.gz")
        // Time, extra flags and system of the header (bytes 4 to 9) say nothing about the contents.
        let isHarmless = (4..<10).contains(position)
        let kind = Self.kind {
            let reader = try DataFileReader(url)
            _ = try reader.read(exactly: 48, of: 48)
            try reader.finish()
        }
        #expect(isHarmless ? kind == nil : [.corruptGzip, .truncated, .trailingBytes].contains(kind))
    }

    @Test func bytesAfterTheStreamAreNoticed() throws {
        let url = try folder.write(Self.packed + [7, 7], to: "more.gz")
        let reader = try DataFileReader(url)
        _ = try reader.read(exactly: 48, of: 48)
        #expect(Self.kind { try reader.finish() } == .trailingBytes)
    }

    @Test(arguments: [
        "<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", "\n  <HTML>\n<head>", "\u{feff}<html>",
        "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>",
    ])
    func webPagesAreRecognised(page: String) throws {
        let url = try folder.write(Array(page.utf8), to: "page.gz")
        #expect(Self.kind { _ = try DataFileReader(url) } == .htmlInsteadOfData)
    }

    @Test func absentFilesAndFoldersAreErrors() throws {
        #expect(Self.kind { _ = try DataFileReader(folder.url.appending(path: "none")) } == .missing)
        #expect(Self.kind { _ = try DataFileReader(folder.url) } == .unreadable)
    }

    @Test func anEmptyFileIsTruncated() throws {
        let reader = try DataFileReader(folder.write([], to: "empty"))
        #expect(Self.kind { _ = try reader.read(exactly: 4, of: 4) } == .truncated)
    }
}
