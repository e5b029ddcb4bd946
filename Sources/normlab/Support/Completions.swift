import ArgumentParser
import Datasets
import Foundation
import Harness

/// What a shell completes: names that exist at that moment.
enum Completions {
    private static var nearest: ExperimentLibrary { ExperimentLibrary(root: Laboratory.nearestRoot) }

    /// The experiments of the nearest `Experiments` folder.
    static let experiments = CompletionKind.custom { _, _, _ in nearest.names }
    /// Experiments and models.
    static let experimentsAndModels = CompletionKind.custom { _, _, _ in
        nearest.names + nearest.modelNames
    }
    /// The data sets of the catalogue.
    static let datasets = CompletionKind.list(DatasetCatalogue.names)
    /// The profiles.
    static let profiles = CompletionKind.list(["smoke", "quick", "paper"])
}
