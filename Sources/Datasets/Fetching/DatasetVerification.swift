import Foundation

/// What a look at one file of a data set found.
public struct FileReport: Sendable {
    /// The file's name as published.
    public let file: String
    /// Where it is.
    public let path: String
    /// What is wrong with it, or nil where it holds the published contents.
    public let error: DataError?
}

extension DatasetSource {
    /// Reads every file of the copy that the search finds and compares the contents with the pinned SHA-256.
    ///
    /// An embedded data set has no files and gives an empty list. O(bytes).
    ///
    /// - Throws: `missing` where there is no complete copy.
    public func verify(in search: DataSearch) throws(DataError) -> [FileReport] {
        guard case .folder(_, let urls) = try locate(in: search) else { return [] }
        return zip(files, urls).map { file, url in
            FileReport(file: file.name, path: url.path(percentEncoded: false), error: file.trouble(at: url))
        }
    }
}

extension DataFile {
    private static let pieceSize = 1 << 20

    /// What is wrong with a copy of the file, or nil where its contents are the published ones.
    func trouble(at url: URL) -> DataError? {
        do {
            let reader = try DataFileReader(url)
            while try reader.read(upTo: Self.pieceSize).count == Self.pieceSize {}
            try reader.finish()
            guard reader.contentSHA256 != contentSHA256 else { return nil }
            return DataError(
                .checksumMismatch, subject: reader.path,
                found: "\(reader.position) bytes of contents with SHA-256 \(reader.contentSHA256)",
                expected: "SHA-256 \(contentSHA256)", suggestion: "Delete the file and fetch it again.")
        } catch {
            return error
        }
    }
}

extension DataArchive {
    private static let pieceSize = 1 << 20

    /// What is wrong with a copy of the archive, or nil where it is the published one, byte for byte.
    func trouble(at url: URL) -> DataError? {
        do {
            let reader = try DataFileReader(url, isInflating: false)
            while try reader.read(upTo: Self.pieceSize).count == Self.pieceSize {}
            guard reader.contentSHA256 != sha256 else { return nil }
            return DataError(
                reader.position < byteCount ? .truncated : .checksumMismatch, subject: reader.path,
                found: "\(reader.position) bytes with SHA-256 \(reader.contentSHA256)",
                expected: "\(byteCount) bytes with SHA-256 \(sha256)")
        } catch {
            return error
        }
    }
}
