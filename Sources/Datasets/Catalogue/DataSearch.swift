import Foundation

/// The places where data sets are looked for, and the one where downloads go.
///
/// The order is: the folder that the environment variable `NORMLAB_DATA` names, then `Data/` of the project, then Debian's
/// `/usr/share/datasets`. In each place every folder of ``DatasetSource/folders`` is looked at, in its order; the first
/// that holds all files of the data set is taken.
public struct DataSearch: Sendable {
    public struct Place: Sendable, Equatable {
        public let folder: URL
        /// Why it is looked at, for messages: `$NORMLAB_DATA`, `Data`, `Debian`.
        public let label: String
        /// Whether it was asked for by name, so that its absence is an error rather than nothing.
        public var isRequired = false
    }

    public let places: [Place]
    /// Where downloads go: a folder for each data set is made in it.
    public let downloads: URL

    public static let environmentVariable = "NORMLAB_DATA"

    /// The search that the program makes, below the folder that holds `Data/`.
    public static func standard(
        project: URL = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> DataSearch {
        let downloads = project.appending(path: "Data", directoryHint: .isDirectory)
        let debian = URL(filePath: "/usr/share/datasets", directoryHint: .isDirectory)
        var places = [Place(folder: downloads, label: "Data"), Place(folder: debian, label: "Debian")]
        if let path = environment[environmentVariable], !path.isEmpty {
            let folder = URL(filePath: path, directoryHint: .isDirectory, relativeTo: project).absoluteURL
            places.insert(Place(folder: folder, label: "$\(environmentVariable)", isRequired: true), at: 0)
        }
        return DataSearch(places: places, downloads: downloads)
    }

    /// Every folder that is looked at for a data set, in order.
    public func candidates(for source: DatasetSource) -> [URL] {
        places.flatMap { place in
            source.folders.map { place.folder.appending(path: $0, directoryHint: .isDirectory) }
        }
    }
}

/// Where a complete copy of a data set is.
public enum DatasetLocation: Sendable, Equatable {
    case embedded
    /// In a folder, each of the source's files at its URL, in the source's order.
    case folder(URL, files: [URL])

    public var description: String {
        switch self {
        case .embedded: "embedded"
        case .folder(let folder, _): folder.path(percentEncoded: false)
        }
    }
}

extension DatasetSource {
    /// The first folder of the search that holds every file; the files are looked at by name only, and read by `load`.
    ///
    /// - Throws: `missingFolder`, or `noCopy` with the folders that were looked at, what they lack and how the data can be had.
    public func locate(in search: DataSearch) throws(DataError) -> DatasetLocation {
        if isEmbedded { return .embedded }
        for place in search.places where place.isRequired && !Self.isFolder(place.folder) {
            throw DataError(
                .missingFolder, subject: place.folder.path(percentEncoded: false), found: "no such folder",
                expected: "the folder that \(place.label) names", suggestion: "Correct \(place.label) or unset it.")
        }
        var incomplete: [String] = []
        for folder in search.candidates(for: self) where Self.isFolder(folder) {
            let found = files.map { file in existing(file, in: folder) }
            if found.allSatisfy({ $0 != nil }) { return .folder(folder, files: found.compactMap(\.self)) }
            let lacking = zip(files, found).filter { $1 == nil }.map(\.0.name)
            if lacking.count < files.count || hasArchive(in: folder) {
                incomplete.append("\(folder.path(percentEncoded: false)) lacks \(lacking.joined(separator: ", "))")
            }
        }
        throw DataError(
            .noCopy, subject: name,
            found: incomplete.isEmpty
                ? "no copy of \(title)" : "an incomplete copy (\(incomplete.joined(separator: "; ")))",
            expected: "one in \(search.places.map { $0.folder.path(percentEncoded: false) }.joined(separator: ", "))",
            suggestion: instructions(search))
    }

    func existing(_ file: DataFile, in folder: URL) -> URL? {
        file.acceptedNames.lazy.map { folder.appending(path: $0) }.first {
            FileManager.default.fileExists(atPath: $0.path(percentEncoded: false))
        }
    }

    /// Whether the archive lies in the folder, dropped there by hand perhaps.
    private func hasArchive(in folder: URL) -> Bool {
        guard let archive else { return false }
        return FileManager.default.fileExists(
            atPath: folder.appending(path: archive.name).path(percentEncoded: false))
    }

    private static func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path(percentEncoded: false), isDirectory: &isFolder)
            && isFolder.boolValue
    }

    public func instructions(_ search: DataSearch) -> String {
        isEmbedded ? "" : "Get it with:  normlab data fetch \(name)\n" + instructionsByHand(search)
    }

    /// How the data set is had without this program's network: Debian's package, or exact files, addresses and checksums.
    func instructionsByHand(_ search: DataSearch) -> String {
        guard let first = folders.first else { return "" }
        var lines: [String] = []
        if let debianPackage { lines.append("or with:      apt-get install \(debianPackage)") }
        let target = search.downloads.appending(path: first, directoryHint: .isDirectory)
        lines.append("or by hand:   put into \(target.path(percentEncoded: false))")
        if let archive {
            lines.append("  \(archive.mirrors.first ?? archive.name)")
            lines.append("    SHA-256 \(archive.sha256), \(archive.byteCount) bytes")
            lines.append("  and unpack it with:  normlab data fetch \(name)")
        } else {
            for file in files {
                lines.append("  \(file.mirrors.first ?? file.name)")
                lines.append("    SHA-256 \(file.sha256), \(file.byteCount) bytes")
            }
        }
        lines.append("A copy elsewhere is named by its folder in \(DataSearch.environmentVariable).")
        return lines.joined(separator: "\n")
    }
}
