import Foundation

/// Takes single files out of a tar archive (POSIX ustar), compressed or plain, in one pass.
///
/// Only regular files with wanted names are read: nothing is written to disk here, and paths inside an archive are never
/// followed.
enum TarArchive {
    private static let blockSize = 512
    private static let skipSize = 1 << 20

    /// Calls `body` with the bytes of every regular file of the archive whose last path component is wanted.
    ///
    /// - Parameters:
    ///   - url: the archive.
    ///   - sizes: the wanted names, each with the bytes that it must have.
    /// - Throws: `corruptArchive` for a damaged header or a file of another size, and what the reader of the file throws.
    static func extract(
        _ url: URL, sizes: [String: Int], body: (_ name: String, _ bytes: [UInt8]) throws(DataError) -> Void
    ) throws(DataError) {
        let reader = try DataFileReader(url)
        while true {
            let header = try reader.read(upTo: blockSize)
            // An archive ends with blocks of zeros; some writers leave them out.
            if header.isEmpty || header.count == blockSize && header.allSatisfy({ $0 == 0 }) { return }
            let entry = try entry(header, in: reader.path)
            let padding = (blockSize - entry.size % blockSize) % blockSize
            if entry.isFile, let expected = sizes[entry.name] {
                guard entry.size == expected else {
                    throw DataError(
                        .corruptArchive, subject: reader.path, found: "\(entry.name) of \(entry.size) bytes",
                        expected: "\(expected) bytes")
                }
                try body(entry.name, reader.read(exactly: entry.size, of: reader.position + entry.size))
            } else {
                try skip(entry.size, reader)
            }
            try skip(padding, reader)
        }
    }

    private static func skip(_ count: Int, _ reader: DataFileReader) throws(DataError) {
        var left = count
        while left > 0 {
            let size = min(left, skipSize)
            _ = try reader.read(exactly: size, of: reader.position + left)
            left -= size
        }
    }

    private static func entry(
        _ header: [UInt8], in path: String
    ) throws(DataError) -> (name: String, size: Int, isFile: Bool) {
        let checksumField = 148..<156
        guard header.count == blockSize, let checksum = octal(header[checksumField]),
            let size = octal(header[124..<136]),
            checksum == header.indices.reduce(0, { $0 + (checksumField.contains($1) ? 0x20 : Int(header[$1])) })
        else {
            throw DataError(
                .corruptArchive, subject: path, found: "a damaged header", expected: "a tar archive",
                suggestion: "Delete the file and fetch it again.")
        }
        let name = String(decoding: header[0..<100].prefix { $0 != 0 }, as: UTF8.self)
        let type = header[156]
        return (String(name.split(separator: "/").last ?? ""), size, type == 0 || type == 0x30)
    }

    /// A number of octal digits that ends with a zero byte or a space.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap { $0 >= 0 ? $0 : nil }
    }
}
