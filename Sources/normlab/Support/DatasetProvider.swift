import Datasets
import Foundation

/// A data set that is read when it is first wanted, and then kept.
final class DatasetProvider {
    private let source: DatasetSource
    private let search: DataSearch
    private var loaded: Dataset?

    init(_ source: DatasetSource, search: DataSearch) {
        self.source = source
        self.search = search
    }

    /// The data set.
    func load() throws(DataError) -> Dataset {
        if let loaded { return loaded }
        let dataset = try source.load(from: search)
        loaded = dataset
        return dataset
    }
}

/// Decides which data set an experiment uses, and says so; each is looked for and read once.
final class DatasetChooser {
    private let search: DataSearch
    private let mayFetch: Bool
    private var providers: [String: DatasetProvider] = [:]
    private var unavailable: Set<String> = []

    /// A chooser.
    ///
    /// - Parameter mayFetch: whether the preferred data set is downloaded where the machine lacks it.
    init(search: DataSearch, mayFetch: Bool) {
        self.search = search
        self.mayFetch = mayFetch
    }

    /// The data set that was asked for, or else the first of the experiment's that is here or can be fetched.
    func choose(_ names: [String], wanted: String?) throws -> (source: DatasetSource, provider: DatasetProvider) {
        let candidates = wanted.map { [$0] } ?? names
        for (index, name) in candidates.enumerated() {
            let source = try DatasetCatalogue.source(name)
            let isPreferred = index == 0
            do {
                _ = try source.locate(in: search)
            } catch {
                guard isPreferred, obtain(source) else {
                    if name == candidates.last { throw error }
                    continue
                }
            }
            if !isPreferred, providers[name] == nil { announce(source, insteadOf: candidates[0]) }
            let provider = providers[name] ?? DatasetProvider(source, search: search)
            providers[name] = provider
            return (source, provider)
        }
        throw DataError(.missing, file: "data sets", found: "an empty list", expected: "at least one name")
    }

    /// Tries to download, once.
    private func obtain(_ source: DatasetSource) -> Bool {
        guard mayFetch, !unavailable.contains(source.name) else { return false }
        Terminal.complain("\(source.title) is not on this machine: downloading it …")
        do {
            try source.fetch(into: search) { event in
                DownloadLine.tell(event)
            }
            return true
        } catch {
            unavailable.insert(source.name)
            Terminal.complain("It can't be downloaded from here.")
            return false
        }
    }

    private func announce(_ source: DatasetSource, insteadOf name: String) {
        let nature = source.isSynthetic ? "which is synthetic: digits drawn by this program" : "which is real"
        Terminal.complain(
            "Using \(source.title) instead of \(name), \(nature). To use \(name): normlab data fetch \(name)")
    }
}
