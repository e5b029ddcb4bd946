import ArgumentParser
import Datasets
import Foundation
import Results

struct Data: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, fetch and verify the data sets.",
        subcommands: [ListData.self, FetchData.self, VerifyData.self], defaultSubcommand: ListData.self)
}

extension DatasetSource {
    /// Where this machine has the data set; nil where it has no copy.
    fileprivate func locateIfHere(in search: DataSearch) throws(DataError) -> DatasetLocation? {
        do {
            return try locate(in: search)
        } catch {
            if error.kind == .noCopy { return nil }
            throw error
        }
    }
}

struct ListData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the data sets and where this machine has them.")

    @OptionGroup var workspace: Workspace

    func run() throws {
        let search = workspace.dataSearch
        for source in DatasetCatalogue.all {
            let place = try source.locateIfHere(in: search)?.description
            Terminal.print(
                "\(Phrase.padded(source.name, to: 14))  \(place ?? "not here: normlab data fetch \(source.name)")")
            Terminal.print(
                "                \(source.title): \(source.trainCount) + \(source.testCount) images of \(source.shape), "
                    + "\(source.classes.count) classes; \(source.license)")
        }
        Terminal.print(
            "\nLooked for in: " + search.places.map { "\($0.folder.path) (\($0.label))" }.joined(separator: ", "))
    }
}

struct FetchData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch", abstract: "Download data sets into Data/ and check them.")

    @Argument(help: "Data sets (default: mnist).", completion: Completions.datasets)
    var names: [String] = ["mnist"]

    @OptionGroup var workspace: Workspace

    func run() throws {
        let search = workspace.dataSearch
        for source in try names.map(DatasetCatalogue.source) {
            let location = try source.fetch(into: search) { $0.tell() }
            Terminal.print("\(source.name): \(location.description)")
        }
    }
}

struct VerifyData: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Read every file of the data sets that are here and compare its SHA-256.")

    @Argument(help: "Data sets (default: every one that is here).", completion: Completions.datasets)
    var names: [String] = []

    @OptionGroup var workspace: Workspace

    func run() throws {
        let search = workspace.dataSearch
        let here = try DatasetCatalogue.all.filter { try $0.locateIfHere(in: search) != nil }
        let sources = names.isEmpty ? here : try names.map(DatasetCatalogue.source)
        var isGood = true
        for source in sources {
            let reports = try source.verify(in: search)
            if reports.isEmpty { Terminal.print("\(Phrase.padded(source.name, to: 14))  embedded") }
            for report in reports {
                Terminal.print(
                    "\(Phrase.padded(source.name, to: 14))  \(report.file)  \(report.error == nil ? "good" : "BAD")")
                if let error = report.error {
                    Terminal.error(error)
                    isGood = false
                }
            }
        }
        if !isGood { throw ExitCode.badInput }
    }
}
