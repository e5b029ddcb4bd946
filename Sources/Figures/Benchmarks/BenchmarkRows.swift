import Foundation
import Results

/// The rows of a benchmark's CSV file; see `docs/formats.md`.
struct BenchmarkRows {
    /// One number with what tells it apart.
    struct Row {
        let name: String
        let variant: String
        let batch: Double?
        let threads: Double
        let metric: String
        let median: Double
        let minimum: Double
        let maximum: Double
    }

    /// The rows in the order of the file.
    let rows: [Row]

    /// The rows of a section in a folder; nil where the section has no results.
    init?(section: String, in folder: URL) throws(FigureError) {
        let file = folder.appending(path: "\(section).csv")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            try self.init(CSVTable(contentsOf: file))
        } catch {
            throw .data(error)
        }
    }

    /// The rows of a table.
    init(_ table: CSVTable) throws(CSVError) {
        let names = try table.texts("name")
        let variants = try table.texts("variant")
        let batches = try table.numbers("batch")
        let threads = try table.numbers("threads")
        let metrics = try table.texts("metric")
        let medians = try table.numbers("median")
        let minima = try table.numbers("minimum")
        let maxima = try table.numbers("maximum")
        rows = names.indices.map { row in
            Row(
                name: names[row], variant: variants[row], batch: batches[row], threads: threads[row] ?? 1,
                metric: metrics[row], median: medians[row] ?? .nan, minimum: minima[row] ?? .nan,
                maximum: maxima[row] ?? .nan)
        }
    }

    /// The rows of a metric.
    func rows(of metric: String) -> [Row] { rows.filter { $0.metric == metric } }
}
