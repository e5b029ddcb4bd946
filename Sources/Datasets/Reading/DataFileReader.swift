import Foundation

/// Reads a data file from its start to its end, inflating it where it is a gzip stream, and hashes the plain contents.
///
/// Whether a file is compressed is decided by its first bytes and not by its name: servers and browsers both like to
/// unpack `.gz` files in passing. A reader never holds more than it was asked for plus one chunk of the file.
final class DataFileReader {
    let path: String
    /// Bytes of plain contents read so far.
    private(set) var position = 0
    private let handle: FileHandle
    private var chunk: [UInt8] = []
    private var consumed = 0
    private var gzip: Gzip?
    private var hash = SHA256()

    private static let chunkSize = 1 << 18

    /// Opens a file; if a gzip stream is not to be inflated, the contents are the file as it is.
    init(_ url: URL, isInflating: Bool = true) throws(DataError) {
        path = url.path(percentEncoded: false)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw DataError(.missing, subject: path, found: "no such file", expected: "a data file")
        }
        guard !isFolder.boolValue else {
            throw DataError(.unreadable, subject: path, found: "a folder", expected: "a data file")
        }
        do {
            handle = try FileHandle(forReadingFrom: url)
        } catch {
            throw DataError(
                .unreadable, subject: path, found: "\(error.localizedDescription)", expected: "a readable file",
                suggestion: "Check the permissions of the file.")
        }
        try refill()
        if Self.isHTML(chunk) {
            throw DataError(
                .htmlInsteadOfData, subject: path, found: "a web page (\(Self.opening(of: chunk)))",
                expected: "a data file",
                suggestion: "A server's answer was saved in place of the data: delete the file and fetch it again.")
        }
        if isInflating, Gzip.isMagic(chunk.prefix(2)) { gzip = Gzip() }
    }

    /// SHA-256 of the plain contents up to `position`.
    var contentSHA256: String { hash.hexDigest() }

    /// Up to `count` bytes of plain contents: fewer only where the file ends.
    ///
    /// - Throws: `truncated` where a gzip stream stops in the middle, `corruptGzip` where it is damaged, `trailingBytes`
    ///   where something else follows it, `unreadable` where the disk fails.
    func read(upTo count: Int) throws(DataError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            if consumed == chunk.count { try refill() }
            if let gzip {
                guard try inflate(gzip, into: &bytes, filled: &filled) else { break }
            } else {
                guard !chunk.isEmpty else { break }
                let taken = min(count - filled, chunk.count - consumed)
                bytes.replaceSubrange(filled..<(filled + taken), with: chunk[consumed..<(consumed + taken)])
                filled += taken
                consumed += taken
            }
        }
        bytes.removeLast(count - filled)
        hash.update(bytes)
        position += filled
        return bytes
    }

    /// Exactly `count` bytes of plain contents. The message says how many bytes the whole file must have, `total`.
    func read(exactly count: Int, of total: Int) throws(DataError) -> [UInt8] {
        let bytes = try read(upTo: count)
        guard bytes.count == count else {
            throw DataError(
                .truncated, subject: path, found: "\(position) bytes", expected: "\(total) bytes",
                suggestion: "The file is cut off: delete it and fetch it again.")
        }
        return bytes
    }

    /// Checks that nothing is left; in a gzip stream this also checks its length and CRC-32.
    func finish() throws(DataError) {
        let end = position
        guard try read(upTo: 1).isEmpty else {
            throw DataError(
                .trailingBytes, subject: path, found: "more than \(end) bytes", expected: "\(end) bytes",
                suggestion: "The file is not the published one: delete it and fetch it again.")
        }
    }

    /// Inflates as much as there is room or input for; false at the end of the stream.
    private func inflate(_ gzip: Gzip, into bytes: inout [UInt8], filled: inout Int) throws(DataError) -> Bool {
        if gzip.hasEnded {
            guard !chunk.isEmpty else { return false }
            guard chunk[consumed] == 0x1f else {
                throw DataError(
                    .trailingBytes, subject: path, found: "other bytes after the gzip stream", expected: "its end",
                    suggestion: "The file is not the published one: delete it and fetch it again.")
            }
            gzip.beginNextMember()
        }
        guard !chunk.isEmpty else {
            throw DataError(
                .truncated, subject: path,
                found: "a gzip stream that stops after \(position + filled) bytes of contents",
                expected: "its end", suggestion: "The file is cut off: delete it and fetch it again.")
        }
        do {
            try gzip.inflate(chunk, consumed: &consumed, into: &bytes, produced: &filled)
        } catch {
            throw DataError(
                .corruptGzip, subject: path, found: "a damaged gzip stream (\(error.reason))",
                expected: "an intact one",
                suggestion: "Delete the file and fetch it again.")
        }
        return true
    }

    /// The next chunk of the file as it is on disk; empty at its end.
    private func refill() throws(DataError) {
        do {
            chunk = [UInt8](try handle.read(upToCount: Self.chunkSize) ?? Data())
            consumed = 0
        } catch {
            throw DataError(
                .unreadable, subject: path, found: "\(error.localizedDescription)", expected: "a readable file")
        }
    }

    /// Whether a file begins like a web page: no data file begins with white space and `<`.
    static func isHTML(_ bytes: [UInt8]) -> Bool {
        let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
        let text = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
        let start = text.prefix(256).drop { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
        let word = String(decoding: start.prefix(9), as: UTF8.self).lowercased()
        return ["<!doctype", "<html", "<head", "<body", "<?xml", "<!--"].contains { word.hasPrefix($0) }
    }

    /// The first characters of a text file, for messages.
    private static func opening(of bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(60), as: UTF8.self)
        return "'" + text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(40) + "…'"
    }
}

/// Takes single files out of a tar archive (POSIX ustar), compressed or plain, in one pass.
///
/// Only regular files with wanted names are read: nothing is written to disk here, and paths inside an archive are never
/// followed.
enum TarArchive {
    private static let blockSize = 512
    private static let skipSize = 1 << 20

    /// Calls `body` with the bytes of every regular file of the archive whose last path component is wanted, with its size.
    ///
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
