import Foundation

/// How much the distribution of each unit's values moved during training: the covariate shift in one number.
///
/// The drift of a unit is the mean, over consecutive observations of the same probe images, of
/// (|Δp15| + |Δp50| + |Δp85|) / 3, in the units of the values. It is a function of `activations.csv` alone. The typical
/// unit of a tap is the one of median drift (of two in the middle the lower drift, of equal drifts the lower channel):
/// a rule stated beforehand, so that nobody picks the unit that looks best.
public struct Drift: Equatable, Sendable {
    /// One unit or channel of one tap.
    public struct Unit: Equatable, Sendable {
        /// The tap's address.
        public let tap: String
        /// The unit's number in the tap, from 0.
        public let channel: Int
        /// The mean movement between observations; NaN with fewer than two observations.
        public let drift: Double
        /// Whether it is the typical unit of its tap.
        public let isTypical: Bool
    }

    /// The units in the order of the observations: by tap, then by channel.
    public let units: [Unit]

    static let header = ["tap", "channel", "drift", "typical"]

    /// Reads the observations of a run and sums up the movement. O(rows).
    ///
    /// - Throws: `FileError` or `CSVError`.
    public init(activations url: URL) throws {
        var taps: [String] = []
        var movements: [String: [Int: Movement]] = [:]
        try CSVReader(url).forEachRow(["tap", "channel", "p15", "p50", "p85"]) { row in
            let tap = row[0]
            let percentiles = try SIMD3(row.number(2) ?? .nan, row.number(3) ?? .nan, row.number(4) ?? .nan)
            if movements[tap] == nil { taps.append(tap) }
            try movements[tap, default: [:]][row.integer(1), default: Movement()].add(percentiles)
        }
        units = taps.flatMap { tap in Self.units(of: tap, movements[tap] ?? [:]) }
    }

    private static func units(of tap: String, _ movements: [Int: Movement]) -> [Unit] {
        let drifts = movements.sorted { $0.key < $1.key }.map { (channel: $0.key, drift: $0.value.mean) }
        let order = drifts.sorted { a, b in
            let (first, second) = (a.drift.isNaN ? .infinity : a.drift, b.drift.isNaN ? .infinity : b.drift)
            return (first, a.channel) < (second, b.channel)
        }
        let typical = order.isEmpty ? nil : order[(order.count - 1) / 2].channel
        return drifts.map { Unit(tap: tap, channel: $0.channel, drift: $0.drift, isTypical: $0.channel == typical) }
    }

    /// The rows of `drift.csv`.
    var rows: [[CSVField]] {
        [Self.header.map { .text($0) }]
            + units.map {
                [.text($0.tap), .integer($0.channel), .number($0.drift), .text($0.isTypical ? "true" : "false")]
            }
    }

    private struct Movement {
        var last: SIMD3<Double>?
        var sum = 0.0
        var count = 0

        var mean: Double { count == 0 ? .nan : sum / Double(count) }

        mutating func add(_ percentiles: SIMD3<Double>) {
            if let last {
                let change = percentiles - last
                sum += (abs(change.x) + abs(change.y) + abs(change.z)) / 3
                count += 1
            }
            last = percentiles
        }
    }
}
