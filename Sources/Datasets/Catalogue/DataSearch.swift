import Foundation

/// The places where data sets are looked for, and the one where downloads go.
///
/// The order is: the folder that the environment variable `NORMLAB_DATA` names, then `Data/` of the project, then Debian's
/// `/usr/share/datasets`. In each place every folder of ``DatasetSource/folders`` is looked at, in its order; the first
/// that holds all files of the data set is taken.
public struct DataSearch: Sendable {
    /// One place.
    public struct Place: Sendable, Equatable {
        /// The folder.
        public let folder: URL
        /// Why it is looked at, for messages: `$NORMLAB_DATA`, `Data`, `Debian`.
        public let label: String
        /// Whether it was asked for by name, so that its absence is an error rather than nothing.
        public let isRequired: Bool

        /// A place from its parts.
        public init(folder: URL, label: String, isRequired: Bool = false) {
            self.folder = folder
            self.label = label
            self.isRequired = isRequired
        }
    }

    /// The places in the order of looking.
    public let places: [Place]
    /// Where downloads go: a folder for each data set is made in it.
    public let downloads: URL

    /// A search of given places.
    public init(places: [Place], downloads: URL) {
        self.places = places
        self.downloads = downloads
    }

    /// The name of the environment variable that comes first.
    public static let environmentVariable = "NORMLAB_DATA"

    /// The search that the program makes.
    ///
    /// - Parameters:
    ///   - project: the folder that holds `Data/`, by default the current one.
    ///   - environment: the environment, by default the process's own.
    public static func standard(
        project: URL = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> DataSearch {
        let downloads = project.appending(path: "Data", directoryHint: .isDirectory)
        var places: [Place] = []
        if let path = environment[environmentVariable], !path.isEmpty {
            let folder = URL(filePath: path, directoryHint: .isDirectory, relativeTo: project).absoluteURL
            places.append(Place(folder: folder, label: "$\(environmentVariable)", isRequired: true))
        }
        places.append(Place(folder: downloads, label: "Data"))
        places.append(
            Place(folder: URL(filePath: "/usr/share/datasets", directoryHint: .isDirectory), label: "Debian"))
        return DataSearch(places: places, downloads: downloads)
    }

    /// Every folder that is looked at for a data set, in order.
    public func candidates(for source: DatasetSource) -> [URL] {
        places.flatMap { place in
            source.folders.map { place.folder.appending(path: $0, directoryHint: .isDirectory) }
        }
    }
}
