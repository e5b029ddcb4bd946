/// The data sets that the program knows: what is listed here can be named in a configuration, fetched and verified.
public enum DatasetCatalogue {
    /// All of them, real ones first.
    public static let all: [DatasetSource] = [.mnist, .fashionMNIST, .cifar10, .glyphs, .glyphsColor, .gaussian]

    /// The words that name them in a configuration.
    public static var names: [String] { all.map(\.name) }

    /// The source of a name.
    ///
    /// - Throws: `unknownDataset`, with all names.
    public static func source(_ name: String) throws(DataError) -> DatasetSource {
        guard let source = all.first(where: { $0.name == name }) else {
            throw DataError(
                .unknownDataset, subject: name, found: "no data set of that name",
                expected: names.joined(separator: ", "))
        }
        return source
    }

    /// Where a data set is on this machine.
    ///
    /// - Throws: `unknownDataset`, `noCopy` or `missingFolder`.
    public static func locate(_ name: String, search: DataSearch) throws(DataError) -> DatasetLocation {
        try source(name).locate(in: search)
    }

    /// A data set in memory, every byte of it checked.
    ///
    /// - Throws: ``DataError`` of any kind but those of downloads.
    public static func load(_ name: String, search: DataSearch) throws(DataError) -> Dataset {
        try source(name).load(from: search)
    }

    /// Compares every file of a data set with its pinned checksum: one report a file, none for an embedded set.
    ///
    /// - Throws: `unknownDataset`, `noCopy` or `missingFolder`.
    public static func verify(_ name: String, search: DataSearch) throws(DataError) -> [FileReport] {
        try source(name).verify(in: search)
    }

    /// Brings a data set onto this machine: see ``DatasetSource/fetch(into:with:progress:)``.
    @discardableResult
    public static func fetch(
        _ name: String, search: DataSearch, with downloader: any Downloader = CommandDownloader(),
        progress: @escaping (FetchEvent) -> Void = { _ in }
    ) throws(DataError) -> DatasetLocation {
        try source(name).fetch(into: search, with: downloader, progress: progress)
    }

    /// A choice among several data sets.
    public struct Choice: Sendable {
        /// The chosen one.
        public let source: DatasetSource
        /// Where it is.
        public let location: DatasetLocation
        /// Those that would have been preferred, each with why it was not taken: to be said to the user, for a data set is
        /// never replaced silently.
        public let passedOver: [(name: String, error: DataError)]
    }

    /// The first of several data sets that is on this machine.
    ///
    /// Only absence leads to the next name. A data set that is present and bad is found out by `load`, and is an error.
    ///
    /// - Throws: `noneAvailable`; `unknownDataset`; `missingFolder` where `NORMLAB_DATA` names no folder, for a misspelt path
    ///   must not end in a run on other data.
    public static func firstAvailable(_ names: [String], search: DataSearch) throws(DataError) -> Choice {
        let sources = try names.map { name throws(DataError) in try source(name) }
        var passedOver: [(name: String, error: DataError)] = []
        for source in sources {
            do {
                let location = try source.locate(in: search)
                return Choice(source: source, location: location, passedOver: passedOver)
            } catch {
                guard error.kind == .noCopy else { throw error }
                passedOver.append((source.name, error))
            }
        }
        throw DataError(
            .noneAvailable, subject: names.joined(separator: ", "), found: "none of these data sets",
            expected: "one of them", suggestion: passedOver.first?.error.suggestion ?? "Name a data set.")
    }
}
