import Foundation
import TestSupport

@testable import Results

/// A run's folder with the tables of observations that are written out by hand; gone with this object.
final class ObservationTables {
    private let temporary: TemporaryFolder
    private let folder: RunFolder

    /// Rows below the headers: of `activations.csv`, `layers.csv` and `histograms.csv`.
    init(activations: String = "", layers: String = "", histograms: String = "") throws {
        temporary = try TemporaryFolder()
        folder = RunFolder(root: temporary.url, profile: "smoke", experiment: "tables", arm: "arm", seed: 1)
        try AtomicFile.createFolder(folder.url)
        for (table, rows) in [
            (RunFolder.Table.activations, activations), (.layers, layers), (.histograms, histograms),
        ] {
            let text =
                table.header.joined(separator: ",") + "\n" + rows + (rows.isEmpty || rows.hasSuffix("\n") ? "" : "\n")
            try AtomicFile.write(text, to: folder.file(table.rawValue))
        }
    }

    func append(_ rows: String, to table: RunFolder.Table) throws {
        let url = folder.file(table.rawValue)
        try AtomicFile.write(String(contentsOf: url, encoding: .utf8) + rows, to: url)
    }

    // Reading through the object keeps the folder until it is read.
    func units() throws -> UnitShift { try UnitShift(activations: folder.activations) }
    func layers() throws -> LayerShift {
        try LayerShift(LayerObservations(folder.layers), histograms: folder.histograms)
    }
    func shift() throws -> DistributionShift { try DistributionShift(folder) }

    /// The rows of `layers.csv` and `histograms.csv` of values that are evenly spread between two numbers.
    static func spread(_ step: Int, _ tap: String, from low: Double, to high: Double) -> (
        layer: String, histogram: String
    ) {
        let deviation = (high - low) / 12.0.squareRoot()
        let percentiles = [0.07, 0.16, 0.31, 0.5, 0.69, 0.84, 0.93].map { low + (high - low) * $0 }
        let numbers = [(low + high) / 2, deviation, low] + percentiles + [high]
        let edges = [-Double.infinity, -1, 0, 1, 2, .infinity]
        func share(_ x: Double) -> Double { x < low ? 0 : x >= high ? 1 : (x - low) / (high - low) }
        let histogram = zip(edges, edges.dropFirst()).enumerated().map { bin, ends in
            let count = Int(((share(ends.1) - share(ends.0)) * 1e9).rounded())
            return "\(step),\(tap),\(bin),\(ends.0),\(ends.1),\(count)\n"
        }
        return ("\(step),\(tap),\(numbers.map { "\($0)" }.joined(separator: ","))\n", histogram.joined())
    }
}
