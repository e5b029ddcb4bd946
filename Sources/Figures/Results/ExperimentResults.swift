import Foundation

/// An experiment folder's results: what it is about, its arms and runs, and the figures it asks for.
///
/// The small files are read at once; a run's own files only when a figure needs them.
public struct ExperimentResults: Sendable {
    /// The experiment folder: `Results/<profile>/<experiment>`.
    public let folder: URL
    /// What the experiment is about.
    public let facts: ExperimentFacts
    /// The arms in declared order.
    public let arms: [ArmRecord]
    /// Every run, finished or not.
    public let runs: [RunRecord]
    /// The figures that the experiment declares.
    public let requests: [FigureRequest]
    /// The settings that differ between arms: arm → key → value.
    public let settings: [String: [String: String]]
    /// The words for the quantities that its runs measured.
    let quantities: QuantityTable

    /// Reads `experiment.csv`, `arms.csv`, `runs.csv`, `figures.csv` and, where they exist, `settings.csv` and `quantities.csv`.
    public init(folder: URL) throws(CSVError) {
        self.folder = folder
        func table(_ name: String) throws(CSVError) -> CSVTable {
            try Self.completeTable(folder.appending(path: name), name: name)
        }
        facts = try ExperimentFacts(table("experiment.csv"))
        arms = try ArmRecord.read(table("arms.csv"))
        runs = try RunRecord.read(table("runs.csv"), experimentFolder: folder)
        requests = try FigureRequest.read(table("figures.csv"))
        func exists(_ name: String) -> Bool {
            FileManager.default.fileExists(atPath: folder.appending(path: name).path)
        }
        settings = exists("settings.csv") ? try Self.settings(table("settings.csv")) : [:]
        quantities = exists("quantities.csv") ? try QuantityTable(table("quantities.csv")) : QuantityTable()
    }

    /// The runs of an arm that are results (finished or diverged), by seed.
    public func results(of arm: ArmRecord) -> [RunRecord] {
        runs.filter { $0.arm == arm.name && $0.status != .interrupted }.sorted { $0.seed < $1.seed }
    }

    /// A file of a run, which must be there and whole.
    func table(_ file: String, of run: RunRecord) throws(CSVError) -> CSVTable {
        try Self.completeTable(run.folder.appending(path: file), name: "\(run.path)/\(file)")
    }

    /// A table of the experiment that only some figures need.
    func table(_ file: String) throws(CSVError) -> CSVTable {
        try Self.completeTable(folder.appending(path: file), name: file)
    }

    /// Whether a run has a file of this name.
    func has(_ file: String, of run: RunRecord) -> Bool {
        FileManager.default.fileExists(atPath: run.folder.appending(path: file).path)
    }

    private static func completeTable(_ url: URL, name: String) throws(CSVError) -> CSVTable {
        let table = try CSVTable(contentsOf: url, name: name)
        // Every writer of the results ends a row with a line end; without one the last number may be half a number.
        guard table.isTerminated else { throw .cutOff(file: name, line: table.line(ofRow: table.rowCount - 1)) }
        return table
    }

    private static func settings(_ table: CSVTable) throws(CSVError) -> [String: [String: String]] {
        let arms = try table.texts("arm")
        let keys = try table.texts("key")
        let values = try table.texts("value")
        var settings: [String: [String: String]] = [:]
        for row in arms.indices { settings[arms[row], default: [:]][keys[row]] = values[row] }
        return settings
    }
}
