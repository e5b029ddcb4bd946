@testable import Datasets

/// Writers of the formats that the module reads, written independently of the readers.
enum FileFormats {
    /// An IDX file of unsigned bytes.
    static func idx(_ dimensions: [Int], _ bytes: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(dimensions.count)] + dimensions.flatMap(bigEndian) + bytes
    }

    static func bigEndian(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// A gzip member of stored (uncompressed) deflate blocks (RFC 1951 §3.2.4, RFC 1952 §2.3).
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var stream: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
        var position = 0
        repeat {
            let size = min(bytes.count - position, 0xffff)
            let isLast: UInt8 = position + size == bytes.count ? 1 : 0
            let length = littleEndian(UInt32(size)).prefix(2)
            stream += [isLast] + length + length.map { ~$0 } + bytes[position..<(position + size)]
            position += size
        } while position < bytes.count
        return stream + littleEndian(crc32(bytes)) + littleEndian(UInt32(bytes.count))
    }

    static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { bits, _ in bits >> 1 ^ (bits & 1 == 0 ? 0 : 0xedb8_8320) }
        }
    }

    /// A tar archive of regular files, with a folder entry before them as tar itself writes it.
    static func tar(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var archive = header("folder/", size: 0, type: "5")
        for file in files {
            archive += header("folder/\(file.name)", size: file.bytes.count, type: "0") + file.bytes
            archive += [UInt8](repeating: 0, count: (512 - file.bytes.count % 512) % 512)
        }
        return archive + [UInt8](repeating: 0, count: 1024)
    }

    private static func header(_ name: String, size: Int, type: Character) -> [UInt8] {
        func octal(_ value: Int, _ width: Int) -> [UInt8] {
            let digits = String(value, radix: 8)
            return Array((String(repeating: "0", count: width - 1 - digits.count) + digits).utf8) + [0]
        }
        func field(_ text: String, _ width: Int) -> [UInt8] {
            Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count)
        }
        let before = field(name, 100) + octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12)
        let after = Array("\(type)".utf8) + field("", 100) + field("ustar", 6) + Array("00".utf8) + field("", 247)
        let sum = (before + after).reduce(8 * 0x20) { $0 + Int($1) }
        return before + Array(octal(sum, 7)) + [0x20] + after
    }
}
