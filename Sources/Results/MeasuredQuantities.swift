import Foundation
import Vocabulary

/// What was measured of a run beside losses and activations: the rows of its `measures.csv` and `shift.csv`.
///
/// Both have the columns `step,quantity,place,at,value`; a run may have either, both or none. Rows keep the order of the
/// files, in which places follow the network.
package struct MeasuredQuantities: Sendable, Equatable {
    package struct Row: Sendable, Equatable {
        /// Updates made before the measurement.
        package let step: Int
        /// The layer, tap or parameter; empty for the whole network.
        package let place: String
        /// The place on an axis of the quantity's own, such as the length of a step; nil where it has none.
        package let at: Double?
        /// The number; NaN where it is none.
        package let value: Double
    }

    package static let files = ["measures.csv", "shift.csv"]

    package private(set) var quantities: [String] = []
    private var rowsOfQuantity: [String: [Row]] = [:]

    package init(_ tables: [CSVTable]) throws(CSVError) {
        for table in tables {
            let words = try table.categories("quantity")
            let places = try table.categories("place")
            let steps = try table.integers("step")
            let ats = try table.numbers("at")
            let values = try table.values("value")
            var rows = words.labels.map { _ in [Row]() }
            for row in steps.indices {
                rows[words.codes[row]].append(
                    Row(
                        step: steps[row], place: places.labels[places.codes[row]], at: ats[row],
                        value: values[row]))
            }
            for (word, rows) in zip(words.labels, rows) {
                if rowsOfQuantity[word] == nil { quantities.append(word) }
                rowsOfQuantity[word, default: []] += rows
            }
        }
    }

    /// All rows of a quantity, or those at one `at`, in the order of the files.
    package func rows(of quantity: String, at: Double? = nil) -> [Row] {
        let rows = rowsOfQuantity[quantity] ?? []
        return at == nil ? rows : rows.filter { $0.at == at }
    }

    /// The places at which a quantity was measured, in order of appearance.
    package func places(of quantity: String) -> [String] {
        var seen: Set<String> = []
        return rows(of: quantity).compactMap { seen.insert($0.place).inserted ? $0.place : nil }
    }

    /// The steps at which a quantity was measured, ascending.
    package func steps(of quantity: String) -> [Int] { Set(rows(of: quantity).map(\.step)).sorted() }

    /// Whether a quantity has several numbers at one place and step: an axis of its own.
    package func hasAxis(_ quantity: String) -> Bool {
        let rows = rows(of: quantity)
        guard let first = rows.first else { return false }
        return rows.count { $0.step == first.step && $0.place == first.place } > 1
    }

    /// Whether a mean over places takes several numbers together, with `hasAxis` only those at one place of the quantity's own
    /// axis. Depths are such an axis with one layer at each of its places.
    package func averages(_ quantity: String, _ places: [String], _ hasAxis: Bool) -> Bool {
        let wanted = Set(places)
        let rows = rows(of: quantity).filter { wanted.contains($0.place) }
        guard let first = rows.first else { return false }
        return rows.contains {
            $0.step == first.step && $0.place != first.place && (!hasAxis || $0.at == first.at)
        }
    }

    /// The mean of a quantity over places at every step that has all of them, ascending.
    ///
    /// Numbers at several `at` count as places do. A mean that left out what was measured more rarely would jump.
    package func means(of quantity: String, places: Set<String>, at: Double? = nil) -> [(step: Int, value: Double)] {
        var (sums, counts): ([Int: Double], [Int: Int]) = ([:], [:])
        for row in rows(of: quantity, at: at) where places.contains(row.place) {
            sums[row.step, default: 0] += row.value
            counts[row.step, default: 0] += 1
        }
        let whole = counts.values.max() ?? 0
        return sums.filter { counts[$0.key] == whole }.map { ($0.key, $0.value / Double(whole)) }
            .sorted { $0.0 < $1.0 }
    }
}

/// An arm with what was measured of each of its runs, by seed.
package struct MeasuredArm: Sendable {
    package let arm: ArmRecord
    package let runs: [(run: RunRecord, measured: MeasuredQuantities)]

    /// The places of a quantity that match a pattern, in the order of the network.
    package func places(of quantity: String, matching pattern: Glob) -> [String] {
        PlaceNames.union(runs.map { $0.measured.places(of: quantity).filter(pattern.matches) })
    }

    /// The curves over steps of a quantity's mean over places, smoothed by a moving mean of so many measurements; nil where no
    /// run has any.
    package func curves(_ quantity: String, places: [String], at: Double? = nil, smoothing: Int = 1) -> ArmCurves? {
        let curves = runs.compactMap { run, measured -> RunCurve? in
            let means = measured.means(of: quantity, places: Set(places), at: at)
            if means.isEmpty { return nil }
            let curve = Curve(steps: means.map(\.step), values: means.map(\.value))
            return RunCurve(run: run, curve: curve.movingMean(smoothing))
        }
        return curves.isEmpty ? nil : ArmCurves(arm: arm, runs: curves)
    }
}

extension ExperimentResults {
    /// What was measured of an arm's runs; nil where none has finished or diverged.
    package func measured(_ arm: ArmRecord) throws(CSVError) -> MeasuredArm? {
        var runs: [(RunRecord, MeasuredQuantities)] = []
        for run in results(of: arm) {
            var tables: [CSVTable] = []
            for file in MeasuredQuantities.files where has(file, of: run) { tables.append(try table(file, of: run)) }
            runs.append((run, try MeasuredQuantities(tables)))
        }
        return runs.isEmpty ? nil : MeasuredArm(arm: arm, runs: runs)
    }
}

extension [MeasuredArm] {
    package var quantities: [String] {
        PlaceNames.union(flatMap { $0.runs.map(\.measured.quantities) })
    }

    /// The places of a quantity that match a pattern, in the order of the network.
    package func places(of quantity: String, matching pattern: Glob) -> [String] {
        PlaceNames.union(map { $0.places(of: quantity, matching: pattern) })
    }
}
