import Engine
import Foundation

/// What `layers.csv` has of each observed tensor, up to the first observation that is not finite.
struct LayerObservations {
    /// One tensor at one step.
    struct Layer: Equatable {
        let step: Int
        let deviation: Double
        let minimum: Double
        let maximum: Double
        /// The percentiles at `TapSummary.shares`.
        let percentiles: [Double]
    }

    /// The taps in the order of the observations.
    private(set) var taps: [String] = []
    /// The observations by tap, by step.
    private(set) var layers: [String: [Layer]] = [:]

    /// Reads the observations of a run. O(rows).
    ///
    /// - Throws: `FileError` or `CSVError`.
    init(_ url: URL) throws {
        let percentiles = TapSummary.shares.map { "p\(Int(($0 * 100).rounded()))" }
        var firstNonFinite = Int.max
        try CSVReader(url).forEachRow(["step", "tap", "deviation", "minimum"] + percentiles + ["maximum"]) { row in
            let step = try row.integer(0)
            let numbers = try (2..<row.fields.count).map { try row.number($0) ?? .nan }
            guard numbers.allSatisfy(\.isFinite) else {
                firstNonFinite = min(firstNonFinite, step)
                return
            }
            if layers[row[1]] == nil { taps.append(row[1]) }
            layers[row[1], default: []].append(
                Layer(
                    step: step, deviation: numbers[0], minimum: numbers[1], maximum: numbers[numbers.count - 1],
                    percentiles: Array(numbers[2..<(numbers.count - 1)])))
        }
        cut(before: firstNonFinite)
    }

    /// Forgets the observations from a step on.
    mutating func cut(before step: Int) { layers = layers.mapValues { $0.filter { $0.step < step } } }

    /// Every step that was observed, ascending.
    var steps: [Int] { Set(layers.values.joined().map(\.step)).sorted() }
}
