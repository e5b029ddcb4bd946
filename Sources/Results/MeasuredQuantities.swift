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

/// A measured quantity, with the words for a reference and for the axes of figures: a row of `quantities.csv`.
public struct Quantity: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Ratios of its values mean something and no value is special but zero: its axis may become logarithmic unasked.
        case magnitude
        /// Differences mean something: a signed quantity, or one with a value that is special, on a linear axis.
        case linear
        /// Its values have bounds that mean something, as those of cosines: panels beside each other share an axis even where
        /// curves lie flat, for that is what they say.
        case bounded
    }

    /// The word, as in `measures.csv`.
    public let name: String
    /// What it is, with its formula and unit; begins with a capital letter unless with a formula.
    public let title: String
    /// What its own axis (`at`) measures; nil where it has none, or nothing is to be said of it.
    public let axis: String?
    public let kind: Kind
    /// What it is in full, with its unit, its place and what `at` means for it: half a sentence for the reference.
    public let meaning: String

    /// A quantity: `Quantity("weight-norm", "Norm of the weights ‖W‖", meaning: "‖W‖₂ of the place's weight")`.
    public init(_ name: String, _ title: String, axis: String? = nil, _ kind: Kind = .magnitude, meaning: String) {
        self.name = name
        self.title = title
        self.axis = axis
        self.kind = kind
        self.meaning = meaning
    }

    /// A quantity that nothing is known of: its word, without hyphens.
    init(unknown name: String) {
        let plain = name.replacing("-", with: " ")
        self.init(name, "\(plain.prefix(1).uppercased())\(plain.dropFirst())", .linear, meaning: plain)
    }
}

extension Quantity {
    /// Whether its axis may become logarithmic unasked.
    public var isMagnitude: Bool { kind == .magnitude }
    public var axisTitle: String { axis ?? "At" }

    /// The title without what stands in brackets at its end: for a heading.
    public var heading: String {
        guard title.hasSuffix(")"), let bracket = title.lastIndex(of: "("), bracket > title.startIndex else {
            return title
        }
        let text = title[..<bracket]
        return text.last == " " ? String(text.dropLast()) : title
    }

    /// The first words of the title, without formula and explanation: for a colour bar.
    public var short: String {
        let ends = [" (", " to the ", " ‖", " |", " max ", " η", ", "].compactMap {
            title.firstRange(of: $0)?.lowerBound
        }
        // The comma of cos(G, G′) is none between words.
        let outside = ends.filter { !title[..<$0].contains("(") }
        return String(title[..<(outside.min() ?? title.endIndex)])
    }
}

/// The quantities that an experiment measures: `quantities.csv`.
public struct QuantityTable: Sendable, Equatable {
    private var known: [String: Quantity] = [:]

    public init() {}

    init(_ table: CSVTable) throws(CSVError) {
        let rows = try table.rows(["quantity", "title", "axis", "meaning"])
        let kinds: [Quantity.Kind] = try table.words("kind")
        for (row, kind) in zip(rows, kinds) {
            known[row[0]] = Quantity(row[0], row[1], axis: row[2].isEmpty ? nil : row[2], kind, meaning: row[3])
        }
    }

    /// The rows of `quantities.csv`, its header first.
    public static func rows(of quantities: [Quantity]) -> [[CSVField]] {
        [["quantity", "title", "axis", "meaning", "kind"]]
            + quantities.map {
                [.text($0.name), .text($0.title), .optional($0.axis), .text($0.meaning), .text($0.kind.rawValue)]
            }
    }

    public subscript(name: String) -> Quantity { known[name] ?? Quantity(unknown: name) }
}

extension DistributionShift.Measure {
    /// What a reader must know of it.
    public var words: Quantity {
        switch self {
        case .meanDrift:
            Quantity(
                rawValue, "Drift of the units' means (deviations)",
                meaning: "the mean over units of |μ_t − μ_{t−1}| / s_t, s_t the unit's running deviation")
        case .deviationDrift:
            Quantity(
                rawValue, "Drift of the units' deviations (deviations)",
                meaning: "the mean over units of |σ_t − σ_{t−1}| / s_t")
        case .quantileDrift:
            Quantity(
                rawValue, "Drift of the units' percentiles (deviations)",
                meaning: "the mean over units of (|Δp15| + |Δp50| + |Δp85|) / 3 / s_t")
        case .wasserstein:
            Quantity(
                rawValue, "Wasserstein distance to the observation before (deviations)",
                meaning:
                    "∫|F_t − F_{t−1}| dx / S_t, F the distribution function of all values and S_t their running deviation"
            )
        case .kolmogorovSmirnov:
            Quantity(
                rawValue, "Kolmogorov–Smirnov distance to the observation before", .bounded,
                meaning: "sup|F_t − F_{t−1}|")
        case .wassersteinToEnd:
            Quantity(
                rawValue, "Wasserstein distance to the end of training (deviations)",
                meaning: "∫|F_t − F_T| dx / S_T, T the last observation")
        case .kolmogorovSmirnovToEnd:
            Quantity(
                rawValue, "Kolmogorov–Smirnov distance to the end of training", .bounded, meaning: "sup|F_t − F_T|")
        }
    }
}
