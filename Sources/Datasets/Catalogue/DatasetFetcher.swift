import Foundation

/// Brings one data set onto this machine: looks whether a good copy is there, downloads what is missing from the mirrors in
/// their order, and checks every byte.
///
/// A file is written beside its place and renamed when its contents are right, so that a broken download is never taken for
/// data. An archive that was put into one of the folders by hand is unpacked without a network.
struct DatasetFetcher {
    let source: DatasetSource
    let search: DataSearch
    let downloader: any Downloader
    let progress: (FetchEvent) -> Void

    func run() throws(DataError) -> DatasetLocation {
        guard !source.isEmbedded, let name = source.folders.first else { return .embedded }
        if let location = try goodCopy() { return location }
        let folder = search.downloads.appending(path: name, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw DataError.unwritable(folder, "\(error.localizedDescription)")
        }
        let missing = source.files.filter { file in
            guard let url = source.existing(file, in: folder), file.trouble(at: url) == nil else { return true }
            progress(.present(file: file.name))
            return false
        }
        if !missing.isEmpty {
            if let archive = source.archive {
                try unpack(missing, from: archive, into: folder)
            } else {
                for file in missing { try fetch(file, into: folder) }
            }
        }
        return try source.locate(in: search)
    }

    /// A copy whose contents are right, or nil where there is none, or where it lies among the downloads and can be mended.
    private func goodCopy() throws(DataError) -> DatasetLocation? {
        let location: DatasetLocation
        do {
            location = try source.locate(in: search)
        } catch {
            // Any other absence is that of a folder that the user named, which no download mends.
            guard error.kind == .noCopy else { throw error }
            return nil
        }
        guard case .folder(let folder, let urls) = location else { return location }
        for (file, url) in zip(source.files, urls) {
            if let error = file.trouble(at: url) {
                let downloads = search.downloads.path(percentEncoded: false)
                if folder.path(percentEncoded: false).hasPrefix(downloads) { return nil }
                throw error.suggesting("This copy comes first in the search: mend or remove it, then fetch again.")
            }
        }
        for file in source.files { progress(.present(file: file.name)) }
        return location
    }

    // MARK: Files and archives

    private func fetch(_ file: DataFile, into folder: URL) throws(DataError) {
        try download(
            DataArchive(name: file.name, byteCount: file.byteCount, sha256: file.sha256, mirrors: file.mirrors),
            into: folder
        ) { file.trouble(at: $0) }
        for name in file.acceptedNames.dropFirst() {
            // A bad copy under another name must not lie beside the good one.
            try? FileManager.default.removeItem(at: folder.appending(path: name))
        }
        progress(.verified(file: file.name))
    }

    /// Finds or downloads the archive, and takes the files out of it.
    private func unpack(_ files: [DataFile], from archive: DataArchive, into folder: URL) throws(DataError) {
        let found = search.candidates(for: source).map { $0.appending(path: archive.name) }
            .first { archive.trouble(at: $0) == nil }
        let url = found ?? folder.appending(path: archive.name)
        if found == nil {
            try download(archive, into: folder) { archive.trouble(at: $0) }
        }
        progress(.verified(file: archive.name))

        var left = Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0) })
        try TarArchive.extract(url, sizes: left.mapValues(\.byteCount)) { name, bytes throws(DataError) in
            guard let file = left.removeValue(forKey: name) else { return }
            let sha256 = SHA256.hexDigest(of: bytes)
            guard sha256 == file.contentSHA256 else {
                throw DataError(
                    .checksumMismatch, subject: "\(archive.name)/\(name)", found: "SHA-256 \(sha256)",
                    expected: file.contentSHA256)
            }
            let target = folder.appending(path: name)
            do {
                try Data(bytes).write(to: target, options: .atomic)
            } catch {
                throw DataError.unwritable(target, "\(error.localizedDescription)")
            }
            progress(.unpacked(file: name, archive: archive.name))
        }
        guard left.isEmpty else {
            throw DataError(
                .corruptArchive, subject: url.path(percentEncoded: false),
                found: "an archive without \(left.keys.sorted().joined(separator: ", "))", expected: "all files")
        }
        // What was downloaded has served; what a user put there stays.
        if found == nil { try? FileManager.default.removeItem(at: url) }
    }

    // MARK: Mirrors

    /// Tries the mirrors in their order until one gives the right file.
    private func download(
        _ file: DataArchive, into folder: URL, trouble: (URL) -> DataError?
    ) throws(DataError) {
        let part = folder.appending(path: ".\(file.name).part")
        defer { try? FileManager.default.removeItem(at: part) }
        // A mirror may have compressed the same contents a little worse: a hundredth and a megabyte are plenty.
        let largest = file.byteCount + file.byteCount / 100 + (1 << 20)
        var reasons: [String] = []
        for address in file.mirrors {
            try? FileManager.default.removeItem(at: part)
            do throws(DataError) {
                try downloader.download(address, to: part, maximumByteCount: largest) { received in
                    progress(
                        .downloading(file: file.name, address: address, received: received, total: file.byteCount))
                }
                if let error = trouble(part) { throw error }
            } catch {
                if error.kind == .downloaderMissing {
                    throw error.suggesting(error.suggestion + "\n" + source.instructionsByHand(search))
                }
                let reason = error.kind == .downloadFailed ? error.found : "\(error.kind.words): \(error.found)"
                reasons.append("\(address): \(reason)")
                progress(.mirrorFailed(file: file.name, address: address, reason: reason))
                continue
            }
            let target = folder.appending(path: file.name)
            guard rename(part.path(percentEncoded: false), target.path(percentEncoded: false)) == 0 else {
                throw DataError.unwritable(target, String(cString: strerror(errno)))
            }
            return
        }
        throw DataError(
            .downloadFailed, subject: file.name, found: "nothing usable at \(file.mirrors.count) mirrors",
            expected: "\(file.byteCount) bytes with SHA-256 \(file.sha256)",
            suggestion: (reasons + [source.instructionsByHand(search)]).joined(separator: "\n"))
    }
}

extension DatasetSource {
    /// Brings the data set onto this machine, unless a good copy is there; says where it is. `progress` is called on this thread.
    ///
    /// - Throws: `downloadFailed` or `downloaderMissing` with exact instructions for doing it by hand; `unreadable` where the
    ///   folder cannot be written; and the error of a bad file in a folder that downloads do not go to.
    @discardableResult
    public func fetch(
        into search: DataSearch, with downloader: any Downloader = CommandDownloader(),
        progress: @escaping (FetchEvent) -> Void = { _ in }
    ) throws(DataError) -> DatasetLocation {
        try DatasetFetcher(source: self, search: search, downloader: downloader, progress: progress).run()
    }
}

extension DataError {
    static func unwritable(_ url: URL, _ reason: String) -> DataError {
        DataError(
            .unreadable, subject: url.path(percentEncoded: false), found: reason,
            expected: "a place that can be written",
            suggestion: "Check the permissions of the folder and the space on the disk.")
    }
}

/// What happens during a fetch, for a live line or a log.
public enum FetchEvent: Sendable, Equatable {
    /// A file is there already, and its contents are right.
    case present(file: String)
    /// Bytes of a file are coming in.
    case downloading(file: String, address: String, received: Int, total: Int)
    /// A mirror did not give the right file; the next one is tried.
    case mirrorFailed(file: String, address: String, reason: String)
    /// A file came in, and its contents are right.
    case verified(file: String)
    /// A file was taken out of its archive, and its contents are right.
    case unpacked(file: String, archive: String)
}

/// What a look at one file of a data set, by its published name, found.
public struct FileReport: Sendable {
    /// The file's name as published.
    public let file: String
    public let path: String
    /// What is wrong with it, or nil where it holds the published contents.
    public let error: DataError?
}

extension DatasetSource {
    /// Compares the contents of every file of the copy that the search finds with the pinned SHA-256: O(bytes). An embedded
    /// data set has no files and gives an empty list. Throws as ``locate(in:)`` does.
    public func verify(in search: DataSearch) throws(DataError) -> [FileReport] {
        guard case .folder(_, let urls) = try locate(in: search) else { return [] }
        return zip(files, urls).map { file, url in
            FileReport(file: file.name, path: url.path(percentEncoded: false), error: file.trouble(at: url))
        }
    }
}

extension DataFile {
    /// What is wrong with a copy of the file, or nil where its contents are the published ones.
    func trouble(at url: URL) -> DataError? {
        do {
            let reader = try DataFileReader(url)
            while try !reader.read(upTo: 1 << 20).isEmpty {}
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
    /// What is wrong with a copy of the archive, or nil where it is the published one, byte for byte.
    func trouble(at url: URL) -> DataError? {
        do {
            let reader = try DataFileReader(url, isInflating: false)
            while try !reader.read(upTo: 1 << 20).isEmpty {}
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
