import Foundation
import Testing

@testable import Plotting

@Suite struct PNGTests {
    private static func picture() -> Bitmap {
        var bitmap = Bitmap(width: 7, height: 5)
        for row in 0..<5 {
            for column in 0..<7 {
                bitmap[column, row] = Color(red: UInt8(column * 36), green: UInt8(row * 60), blue: UInt8(column ^ row))
            }
        }
        return bitmap
    }

    @Test func whatIsWrittenIsRead() throws {
        let texts = ["Title": "x̂ over steps", "Run": "0f3a"]
        let (bitmap, read) = try PNG.decode(try PNG.encode(Self.picture(), texts: texts))
        #expect(bitmap == Self.picture())
        #expect(read == texts)
    }

    @Test func theFileIsAPNGWithItsChunks() throws {
        let bytes = try PNG.encode(Self.picture(), pixelsPerInch: 192, texts: ["Run": "0f3a", "Title": "γ"])
        #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // A reader of its own: length, type, data, checksum.
        var chunks: [(type: String, data: [UInt8])] = []
        var offset = 8
        while offset + 12 <= bytes.count {
            let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
            let data = Array(bytes[offset + 8..<offset + 8 + length])
            chunks.append((String(decoding: bytes[offset + 4..<offset + 8], as: UTF8.self), data))
            let checksum = bytes[offset + 8 + length..<offset + 12 + length].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            #expect(checksum == Self.checksum(bytes[offset + 4..<offset + 8 + length]))
            offset += length + 12
        }
        #expect(offset == bytes.count)
        #expect(chunks.first?.type == "IHDR" && chunks.first?.data == [0, 0, 0, 7, 0, 0, 0, 5, 8, 2, 0, 0, 0])
        #expect(chunks.contains { $0.type == "tEXt" && $0.data == Array("Run\0".utf8) + Array("0f3a".utf8) })
        #expect(chunks.contains { $0.type == "iTXt" })
        // 192 pixels an inch are 7559 a metre.
        #expect(chunks.contains { $0.type == "pHYs" && Array($0.data.prefix(4)) == [0, 0, 0x1D, 0x87] })
        #expect(!chunks.contains { $0.type == "tIME" })
        #expect(chunks.last?.type == "IEND")
    }

    @Test func theSameFigureGivesTheSameBytes() throws {
        let figure = Gallery.sweep
        let bytes = try figure.png(provenance: ["Run": "a"], scale: 1)
        #expect(try figure.png(provenance: ["Run": "a"], scale: 1) == bytes)
        #expect(try figure.png(provenance: ["Run": "b"], scale: 1) != bytes)
        let read = try PNG.decode(bytes)
        #expect(read.texts == ["Run": "a", "Title": figure.title])
        #expect(read.bitmap == figure.bitmap(scale: 1))
    }

    @Test func damagedFilesAreRefused() throws {
        let bytes = try PNG.encode(Self.picture())
        #expect(throws: PNGError.self) { try PNG.decode([]) }
        #expect(throws: PNGError.self) { try PNG.decode(Array("<html>not a picture</html>".utf8)) }
        for length in [8, 30, 60, bytes.count - 13] {
            #expect(throws: PNGError.self) { try PNG.decode(Array(bytes.prefix(length))) }
        }
        var corrupt = bytes
        corrupt[bytes.count - 20] ^= 0xFF
        #expect(throws: PNGError.self) { try PNG.decode(corrupt) }
    }

    @Test func keysThatPNGDoesNotKnowAreRefused() {
        for key in ["", String(repeating: "k", count: 80), "Größe"] {
            #expect(throws: PNGError.self) { try PNG.encode(Self.picture(), texts: [key: "v"]) }
        }
    }

    /// CRC-32 as PNG defines it (ISO 3309).
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }
}
