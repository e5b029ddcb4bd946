import Foundation

/// How far the units of each observed tensor move from one observation to the next, in units of their own deviation: the
/// part of the distribution shift that is a function of `activations.csv` alone.
struct UnitShift {
    /// The means over a tensor's units at one step: of |Δμ|, |Δσ| and (|Δp15| + |Δp50| + |Δp85|) / 3, each divided by the
    /// unit's running deviation.
    struct Value: Equatable {
        let mean: Double
        let deviation: Double
        let quantile: Double
    }

    /// The values by tap, and by the step of the later observation. None where no unit has a deviation.
    let values: [String: [Int: Value]]
    /// The first step at which a number is not finite; nil where all are.
    let firstNonFinite: Int?

    /// Reads the observations of a run. O(rows), in memory for one observation and one number for each tap and step.
    ///
    /// - Throws: `FileError` or `CSVError`.
    init(activations url: URL) throws {
        var taps: [String: TapUnits] = [:]
        var current: (name: String, units: TapUnits)?
        var firstNonFinite: Int?
        let columns = ["step", "tap", "channel", "mean", "deviation", "p15", "p50", "p85"]
        try CSVReader(url).forEachRow(columns) { row in
            let step = try row.integer(0)
            let numbers = try (3...7).map { try row.number($0) ?? .nan }
            guard numbers.allSatisfy(\.isFinite) else {
                firstNonFinite = min(firstNonFinite ?? step, step)
                return
            }
            if current?.name != row[1] {
                let units = taps[row[1]] ?? TapUnits()
                taps[row[1]] = units
                current = (row[1], units)
            }
            try current?.units.add(
                SIMD2(numbers[0], numbers[1]), SIMD3(numbers[2], numbers[3], numbers[4]), step: step,
                channel: row.integer(2))
        }
        values = taps.mapValues { $0.sums.compactMapValues(\.mean) }
        self.firstNonFinite = firstNonFinite
    }

    /// What is known of one unit.
    private struct Unit {
        var moments: SIMD2<Double>
        var percentiles: SIMD3<Double>
        var deviations = 0.0
        var count = 0.0
    }

    /// Movements of units that are added up.
    private struct Sum {
        var movement = SIMD3<Double>()
        var count = 0.0

        var mean: Value? {
            guard count > 0 else { return nil }
            return Value(mean: movement.x / count, deviation: movement.y / count, quantile: movement.z / count)
        }
    }

    /// The units of one tap.
    private final class TapUnits {
        private var units: [Int: Unit] = [:]
        private(set) var sums: [Int: Sum] = [:]

        func add(_ moments: SIMD2<Double>, _ percentiles: SIMD3<Double>, step: Int, channel: Int) {
            var unit = units[channel] ?? Unit(moments: moments, percentiles: percentiles)
            let isFirst = unit.count == 0
            unit.deviations += moments.y
            unit.count += 1
            let scale = unit.deviations / unit.count
            // A unit that was constant in every observation, such as a dead one, has no scale to be measured by.
            if !isFirst, scale > 0 {
                let (change, steps) = (moments - unit.moments, percentiles - unit.percentiles)
                let quantile = (abs(steps.x) + abs(steps.y) + abs(steps.z)) / 3
                sums[step, default: Sum()].movement += SIMD3(abs(change.x), abs(change.y), quantile) / scale
                sums[step, default: Sum()].count += 1
            }
            (unit.moments, unit.percentiles) = (moments, percentiles)
            units[channel] = unit
        }
    }
}
