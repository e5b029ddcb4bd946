import Foundation

extension RunFolder {
    /// The tables of a complete run that are functions of its other tables. One that is missing, as of a run made before the
    /// table was thought of, is computed again; nothing is trained for it.
    enum DerivedTable: String, CaseIterable {
        case drift = "drift.csv"
        case shift = "shift.csv"

        var header: [String] {
            switch self {
            case .drift: Drift.header
            case .shift: DistributionShift.header
            }
        }

        /// The tables that it is computed from.
        var sources: [Table] {
            switch self {
            case .drift: [.activations]
            case .shift: [.activations, .layers, .histograms]
            }
        }

        func rows(of folder: RunFolder) throws -> [[CSVField]] {
            switch self {
            case .drift: try Drift(activations: folder.activations).rows
            case .shift: try DistributionShift(folder).rows
            }
        }
    }

    /// Writes the derived tables.
    ///
    /// - Throws: `FileError` or `CSVError`.
    func writeDerivedTables() throws {
        for table in DerivedTable.allCases { try write(table) }
    }

    /// Writes the derived tables that are missing, of a complete run, where the tables that they are computed from are there.
    ///
    /// - Throws: `FileError` or `CSVError`.
    func writeMissingDerivedTables() throws {
        for table in DerivedTable.allCases where !has(file(table.rawValue)) {
            if table.sources.allSatisfy({ has(file($0.rawValue)) }) { try write(table) }
        }
    }

    private func write(_ table: DerivedTable) throws {
        try AtomicFile.write(CSVField.bytes(rows: table.rows(of: self)), to: file(table.rawValue))
    }
}
