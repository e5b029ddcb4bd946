import Datasets
import Foundation

/// A data set that is read when it is first wanted, and then kept.
final class DatasetProvider {
    private let source: DatasetSource
    private let search: DataSearch
    private var loaded: Dataset?
    /// The seconds that reading it took; 0 before.
    private(set) var loadSeconds = 0.0

    init(_ source: DatasetSource, search: DataSearch) {
        self.source = source
        self.search = search
    }

    func load() throws(DataError) -> Dataset {
        if let loaded { return loaded }
        let start = ProcessInfo.processInfo.systemUptime
        let dataset = try source.load(from: search)
        loadSeconds = ProcessInfo.processInfo.systemUptime - start
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

    /// A chooser that may download the preferred data set where the machine lacks it.
    init(search: DataSearch, mayFetch: Bool) {
        self.search = search
        self.mayFetch = mayFetch
    }

    /// The data set that was asked for, or else the first of the experiment's that is here or can be fetched.
    func choose(_ names: [String], wanted: String?) throws -> (source: DatasetSource, provider: DatasetProvider) {
        let candidates = wanted.map { [$0] } ?? names
        let choice = try firstAvailable(candidates)
        let source = choice.source
        if let preferred = choice.passedOver.first?.name, providers[source.name] == nil {
            announce(source, insteadOf: preferred)
        }
        let provider = providers[source.name] ?? DatasetProvider(source, search: search)
        providers[source.name] = provider
        return (source, provider)
    }

    /// The first that is on this machine, after a try to get the preferred one.
    private func firstAvailable(_ names: [String]) throws(DataError) -> DatasetCatalogue.Choice {
        do {
            let choice = try DatasetCatalogue.firstAvailable(names, search: search)
            guard let preferred = choice.passedOver.first, obtain(try DatasetCatalogue.source(preferred.name)) else {
                return choice
            }
        } catch {
            // None is here, or the folder that the user named is not: only the former may be mended by a download.
            guard error.kind == .noneAvailable, let name = names.first, obtain(try DatasetCatalogue.source(name)) else {
                throw error
            }
        }
        return try DatasetCatalogue.firstAvailable(names, search: search)
    }

    /// Tries to download, once.
    private func obtain(_ source: DatasetSource) -> Bool {
        guard mayFetch, !unavailable.contains(source.name) else { return false }
        Terminal.note("\(source.title) is not on this machine: downloading it …")
        do {
            try source.fetch(into: search) { $0.tell() }
            return true
        } catch {
            unavailable.insert(source.name)
            Terminal.note("It can't be downloaded from here.")
            return false
        }
    }

    private func announce(_ source: DatasetSource, insteadOf name: String) {
        let nature = source.isSynthetic ? "which is synthetic: digits drawn by this program" : "which is real"
        Terminal.note(
            "Using \(source.title) instead of \(name), \(nature). To use \(name): normlab data fetch \(name)")
    }
}

extension FetchEvent {
    /// Prints what happens during a download: a live line on a terminal, whole lines otherwise.
    func tell() {
        switch self {
        case .present(let file): Terminal.note("  \(file): present, checksum correct")
        case .downloading(let file, _, let received, let total):
            Terminal.live("  \(file): \(received / 1_000_000) of \(total / 1_000_000) MB")
        case .mirrorFailed(let file, let address, let reason):
            Terminal.note("  \(file): not from \(address) (\(reason))")
        case .verified(let file): Terminal.note("  \(file): downloaded, checksum correct")
        case .unpacked(let file, let archive): Terminal.note("  \(file): unpacked from \(archive)")
        }
    }
}
