import Foundation

/// The structure of a PNG file, read from the specification: signature, chunks with their check values, header.
struct PNGFile {
    let width: Int
    let height: Int
    let bitDepth: UInt8
    let colorType: UInt8
    /// The types of the chunks in their order.
    let chunks: [String]

    struct Mistake: Error, CustomStringConvertible { let description: String }

    init(_ data: Data) throws {
        let bytes = [UInt8](data)
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else {
            throw Mistake(description: "no PNG signature")
        }
        var chunks: [String] = []
        var header: ArraySlice<UInt8> = []
        var position = 8
        while position < bytes.count {
            guard position + 12 <= bytes.count else { throw Mistake(description: "a cut chunk") }
            let length = Self.number(bytes[position..<position + 4])
            let end = position + 8 + length
            guard end + 4 <= bytes.count else { throw Mistake(description: "a cut chunk") }
            let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            guard Self.checkValue(bytes[position + 4..<end]) == Self.number(bytes[end..<end + 4]) else {
                throw Mistake(description: "a damaged chunk \(type)")
            }
            if type == "IHDR" { header = bytes[position + 8..<end] }
            chunks.append(type)
            position = end + 4
        }
        guard chunks.first == "IHDR", header.count == 13, chunks.last == "IEND", chunks.contains("IDAT") else {
            throw Mistake(description: "the chunks \(chunks)")
        }
        self.chunks = chunks
        let fields = Array(header)
        width = Self.number(fields[0..<4])
        height = Self.number(fields[4..<8])
        bitDepth = fields[8]
        colorType = fields[9]
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    /// The CRC-32 of the PNG specification.
    private static func checkValue(_ bytes: ArraySlice<UInt8>) -> Int {
        let value = bytes.reduce(0xFFFF_FFFF as UInt32) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
        return Int(value ^ 0xFFFF_FFFF)
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }
}
