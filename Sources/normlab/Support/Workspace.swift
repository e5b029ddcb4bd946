import ArgumentParser
import Datasets
import Declarations
import Experiments
import Foundation

/// Where experiments are read and results are written.
struct Workspace: ParsableArguments {
    @Option(name: .long, help: "The folder that holds Experiments/ (default: this folder or the nearest above it).")
    var root: String?

    @Option(name: .long, help: "The folder for results (default: Results in the root).")
    var results: String?

    /// The folder with `Experiments/`: the one given, or the nearest from the working folder upward.
    var rootFolder: URL {
        root.map { URL(filePath: $0, directoryHint: .isDirectory) } ?? Self.nearestRoot
    }

    /// The nearest folder from the working folder upward that has `Experiments/`; the working folder where none has.
    static var nearestRoot: URL {
        let working = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
        var folder = working.standardizedFileURL
        while folder.path != "/" {
            let experiments = folder.appending(path: "Experiments", directoryHint: .isDirectory)
            if FileManager.default.fileExists(atPath: experiments.path) { return folder }
            folder.deleteLastPathComponent()
        }
        return working
    }

    var library: ExperimentLibrary { ExperimentLibrary(root: rootFolder) }

    var resultsRoot: URL {
        results.map { URL(filePath: $0, directoryHint: .isDirectory) }
            ?? rootFolder.appending(path: "Results", directoryHint: .isDirectory)
    }

    func resultsFolder(profile: String) -> URL {
        resultsRoot.appending(path: profile, directoryHint: .isDirectory)
    }

    /// The experiments that have a summary in a profile, by the names of their folders.
    func experimentsWithResults(profile: String) -> [String] {
        let folder = resultsFolder(profile: profile)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().filter {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).appending(path: "experiment.csv").path)
        }
    }

    var dataSearch: DataSearch { DataSearch.standard(project: rootFolder) }
}

extension Workspace {
    /// The files of the experiments and suites that were named, or of all; each once.
    func entries(_ names: [String]) throws -> [ExperimentLibrary.Entry] {
        let library = library
        if names.isEmpty { return library.entries }
        let found = try each(names) { name throws(ConfigurationErrors) in try library.find(name) }
        return found.joined().reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// What is read for each of some names or files; the mistakes of all come together.
    private func each<Name, Value>(
        _ names: [Name], read: (Name) throws(ConfigurationErrors) -> Value
    ) throws(ConfigurationErrors) -> [Value] {
        var values: [Value] = []
        var mistakes: [Diagnostic] = []
        for name in names {
            do { values.append(try read(name)) } catch { mistakes += error.diagnostics }
        }
        if !mistakes.isEmpty { throw ConfigurationErrors(mistakes) }
        return values
    }

    /// The experiments that were named, or all of them, each read strictly; the mistakes of all files come together.
    func experiments(_ names: [String], overrides: [Override] = []) throws -> [Experiment] {
        let chosen = try entries(names)
        if chosen.isEmpty {
            throw ValidationError("there is no Experiments folder with experiment files in \(rootFolder.path)")
        }
        let library = library
        return try each(chosen) { entry throws(ConfigurationErrors) in try library.load(entry, overrides: overrides) }
    }

    /// The experiment, and those of its variations that are on other data than the preferred. Without results on the
    /// preferred data, the others stand alone.
    func withSubstitutes(_ experiment: Experiment, profile: String) -> [Experiment] {
        let folders = experimentsWithResults(profile: profile)
        let prefix = "\(experiment.name)@dataset="
        let substitutes = folders.filter { $0.hasPrefix(prefix) && !$0.contains(",") }.map {
            experiment.varied(String($0.dropFirst(experiment.name.count)))
        }
        return folders.contains(experiment.name) || substitutes.isEmpty ? [experiment] + substitutes : substitutes
    }

    /// The experiment of a folder of results: `lenet`, or with what was changed on the command line,
    /// `lenet@batch=8,dataset=glyphs`.
    func experiment(ofFolder name: String) throws -> Experiment {
        guard let mark = name.firstIndex(of: "@") else { return try library.load(name) }
        var changes: [String] = []
        for part in name[mark...].dropFirst().split(separator: ",") {
            // A comma inside a value belongs to it.
            if part.contains("=") || changes.isEmpty {
                changes.append(String(part))
            } else {
                changes[changes.count - 1] += ",\(part)"
            }
        }
        let overrides = try changes.filter { !$0.hasPrefix("dataset=") }.map { try Override($0) }
        return try library.load(String(name[..<mark]), overrides: overrides).varied(String(name[mark...]))
    }
}

/// What a shell completes: names that exist at that moment.
enum Completions {
    private static var nearest: ExperimentLibrary { ExperimentLibrary(root: Workspace.nearestRoot) }

    /// The suites and experiments of the nearest `Experiments` folder.
    static let experiments = CompletionKind.custom { _, _, _ in nearest.suites + nearest.names }
    static let experimentsAndModels = CompletionKind.custom { _, _, _ in nearest.names + nearest.modelNames }
    static let datasets = CompletionKind.list(DatasetCatalogue.names)
    static let profiles = CompletionKind.list(["smoke", "quick", "paper"])
}
