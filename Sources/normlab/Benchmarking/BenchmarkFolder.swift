import Benchmarks
import Foundation
import Harness

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
    /// - Throws: `CSVError` or `FileError` for a file that is not what this program writes.
    func read(section: String) throws -> [BenchmarkResult] {
        let file = file(section)
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try CSVReader(file).rows(BenchmarkResult.header).map { row in
            guard let measurement = BenchmarkResult(fields: row.fields) else {
                throw row.error("a field that should be a number is none")
            }
            return measurement
        }
    }

    private func file(_ section: String) -> URL { url.appending(path: "\(section).csv") }
}
