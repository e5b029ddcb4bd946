import Foundation

/// The rows of a run's `measures.csv` and `shift.csv`.
struct QuantityTable {
    private let folder: RunFolder

    init(_ folder: RunFolder) { self.folder = folder }

    /// The number that a claim reads; nil where nothing of the kind was measured. Values that are no finite numbers are left
    /// out. O(rows).
    ///
    /// - Throws: `FileError` or `CSVError`.
    func value(_ reading: QuantityReading) throws -> Double? {
        let glob = Glob(reading.place)
        var places: [String] = []
        var values: [String: [Double]] = [:]
        for url in [folder.measures, folder.shift] where folder.has(url) {
            try CSVReader(url).forEachRow(["step", "quantity", "place", "at", "value"]) { row in
                guard row[1] == reading.name, glob.matches(row[2]), try row.integer(0) >= reading.from else { return }
                if let wanted = reading.at {
                    guard let at = try row.number(3), abs(at - wanted) <= 1e-9 * abs(wanted) else { return }
                }
                guard let value = try row.number(4), value.isFinite else { return }
                if values[row[2]] == nil { places.append(row[2]) }
                values[row[2], default: []].append(value)
            }
        }
        let numbers = places.compactMap { reading.steps.value(of: values[$0] ?? []) }.filter(\.isFinite)
        return reading.places.value(of: numbers)
    }
}
