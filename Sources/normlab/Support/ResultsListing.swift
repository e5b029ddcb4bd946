import Foundation

/// What a results folder holds.
enum ResultsListing {
    /// The experiments that have a summary, by name.
    static func experiments(in folder: URL) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).appending(path: "experiment.csv").path)
        }
    }
}
