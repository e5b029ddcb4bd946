import Benchmarks
import Foundation
import Harness
import Results

/// `Results/Benchmarks`: one CSV file for each section, all with the same columns, and the figures made from them.
struct BenchmarkFolder {
    /// The folder.
    let url: URL

    init(results: URL) { url = results.appending(path: "Benchmarks", directoryHint: .isDirectory) }

    /// The sections that can have results, in the order of the document.
    static let sections = BenchmarkPart.allCases.map(\.rawValue) + [ComparisonTable.section]

    /// Replaces the results of a section.
    func write(_ measurements: [BenchmarkResult], section: String) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let rows = [BenchmarkResult.header] + measurements.map(\.fields)
        try AtomicFile.write(CSVField.bytes(rows: rows.map { $0.map(CSVField.text) }), to: file(section))
    }

    /// The results of a section; none where there is no file.
    ///
    /// - Throws: `CSVError` for a file that is not what this program writes.
    func read(section: String) throws -> [BenchmarkResult] {
        let file = file(section)
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try CSVTable(whole: file).rows(BenchmarkResult.header).map { row in
            guard let measurement = BenchmarkResult(fields: row.fields) else {
                throw row.error("a field that should be a number is none")
            }
            return measurement
        }
    }

    /// Writes what the numbers were measured on and with.
    func writeMachine(threads: Int) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let machine = Provenance.current
        let rows: [[CSVField]] = [
            ["key", "value"], ["processor", .text(machine.processor)], ["processors", .integer(machine.processors)],
            ["architecture", .text(machine.architecture)], ["system", .text(machine.system)],
            ["toolchain", .text(machine.toolchain)], ["build", .text(machine.build)],
            ["git-commit", machine.commit.map(CSVField.text) ?? .empty], ["threads", .integer(threads)],
        ]
        try AtomicFile.write(CSVField.bytes(rows: rows), to: file("machine"))
    }

    /// What `writeMachine` wrote, as a sentence; nil where there is nothing.
    func machine() throws -> String? {
        guard FileManager.default.fileExists(atPath: file("machine").path) else { return nil }
        let rows = try CSVTable(whole: file("machine")).rows(["key", "value"]).map { ($0[0], $0[1]) }
        let facts = Dictionary(rows) { first, _ in first }
        func fact(_ key: String) -> String { facts[key] ?? "" }
        let commit = fact("git-commit").isEmpty ? "" : ", commit \(fact("git-commit").prefix(10))"
        return "Measured on \(fact("processor")) with \(fact("processors")) cores, \(fact("system")), "
            + "\(fact("toolchain"))\(commit)."
    }

    private func file(_ section: String) -> URL { url.appending(path: "\(section).csv") }
}
