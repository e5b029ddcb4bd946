import Foundation

/// How far the distributions inside a network move during training: internal covariate shift in the sense of Ioffe & Szegedy
/// 2015, §2, "the change in the distribution of network activations due to the change in network parameters during
/// training". The paper names no number; these are several, each a function of the observations that a run recorded.
///
/// All observations are of the same probe images. Every quantity is free of the scale of the values, so that networks with
/// and without normalization can be compared: movements are divided by the *running deviation*, the mean of the standard
/// deviations of this observation and all before it, of the unit or of the whole tensor. What is divided by it is measured
/// in the spread that the values had so far; a network that merely computes everything ten times larger has the same
/// numbers.
///
/// With observations t = 0, 1, …, T of a tensor:
///
/// - `mean-drift`: the mean over units of |μ_t − μ_{t−1}| / s_t, with the unit's running deviation s_t = (σ_0 + … + σ_t) / (t + 1).
/// - `deviation-drift`: the mean over units of |σ_t − σ_{t−1}| / s_t.
/// - `quantile-drift`: the mean over units of (|Δp15| + |Δp50| + |Δp85|) / 3 / s_t: ``Drift`` without a unit.
/// - `wasserstein`: ∫|F_t − F_{t−1}| dx / S_t, with the distribution function F of all values of the tensor together and
///   their running deviation S_t.
/// - `kolmogorov-smirnov`: sup|F_t − F_{t−1}|.
/// - `wasserstein-to-end`: ∫|F_t − F_T| dx / S_T, for every t < T.
/// - `kolmogorov-smirnov-to-end`: sup|F_t − F_T|.
///
/// Units whose every observed value was the same number so far (s_t = 0: a dead ReLU) have no scale and are left out; where
/// none is left, so is the number. Pooled distributions do not see units that change places; the first three do.
///
/// A number for a network is a mean over the taps of one kind, taken by whoever reads the table. Kinds (`activation-input`,
/// `normalized`, …) are not to be mixed: `normalized` is steady by construction, which proves nothing.
public struct DistributionShift: Equatable, Sendable {
    public enum Measure: String, CaseIterable, Sendable {
        case meanDrift = "mean-drift"
        case deviationDrift = "deviation-drift"
        case quantileDrift = "quantile-drift"
        case wasserstein
        case kolmogorovSmirnov = "kolmogorov-smirnov"
        case wassersteinToEnd = "wasserstein-to-end"
        case kolmogorovSmirnovToEnd = "kolmogorov-smirnov-to-end"
    }

    public struct Value: Equatable, Sendable {
        /// The step of the later observation; to the end, of the earlier one.
        public let step: Int
        public let quantity: Measure
        public let place: String
        public let value: Double
    }

    /// The values by step, then by place in the order of the observations, then by quantity.
    public let values: [Value]

    package static let header = ["step", "quantity", "place", "at", "value"]

    /// Compares the observations of a run. They end before the first that holds a number that is not finite. O(rows).
    public init(_ folder: RunFolder) throws(CSVError) {
        var observations = try LayerObservations(folder.layers)
        let units = try UnitShift(activations: folder.activations)
        if let step = units.firstNonFinite { observations.cut(before: step) }
        let layers = try LayerShift(observations, histograms: folder.histograms)
        values = observations.steps.flatMap { step in
            layers.taps.flatMap { tap in
                let numbers = Self.numbers(units.values[tap]?[step], layers.values[tap]?[step])
                return zip(Measure.allCases, numbers).compactMap { quantity, number in
                    number.map { Value(step: step, quantity: quantity, place: tap, value: $0) }
                }
            }
        }
    }

    /// The numbers of one tensor at one step, in the order of `Quantity`.
    private static func numbers(_ units: UnitShift.Value?, _ layer: LayerShift.Value?) -> [Double?] {
        [
            units?.mean, units?.deviation, units?.quantile, layer?.wasserstein, layer?.kolmogorovSmirnov,
            layer?.wassersteinToEnd, layer?.kolmogorovSmirnovToEnd,
        ]
    }

    package var rows: [[CSVField]] {
        [Self.header.map { .text($0) }]
            + values.map {
                [.integer($0.step), .text($0.quantity.rawValue), .text($0.place), .empty, .number($0.value)]
            }
    }
}

/// How far the units of each observed tensor move from one observation to the next, in units of their own deviation: the
/// part of the distribution shift that is a function of `activations.csv` alone.
struct UnitShift {
    /// The means over a tensor's units at one step: of |Δμ|, |Δσ| and (|Δp15| + |Δp50| + |Δp85|) / 3, each divided by the
    /// unit's running deviation.
    package struct Value: Equatable {
        let mean: Double
        let deviation: Double
        let quantile: Double
    }

    /// The values by tap, and by the step of the later observation. None where no unit has a deviation.
    package let values: [String: [Int: Value]]
    /// The first step at which a number is not finite; nil where all are.
    package let firstNonFinite: Int?

    /// Reads the observations of a run. O(rows), in memory for one observation and one number for each tap and step.
    package init(activations url: URL) throws(CSVError) {
        var taps: [String: TapUnits] = [:]
        var current: (name: String, units: TapUnits)?
        var firstNonFinite: Int?
        let columns = ["step", "tap", "channel", "mean", "deviation", "p15", "p50", "p85"]
        try CSVTable(whole: url).forEachRow(columns) { row throws(CSVError) in
            let step = try row.integer(0)
            let tap = row[1]
            var numbers: [Double] = []
            for index in 3...7 { numbers.append(try row.number(index) ?? .nan) }
            guard numbers.allSatisfy(\.isFinite) else {
                firstNonFinite = min(firstNonFinite ?? step, step)
                return
            }
            if current?.name != tap {
                let units = taps[tap] ?? TapUnits()
                taps[tap] = units
                current = (tap, units)
            }
            let channel = try row.integer(2)
            current?.units.add(
                SIMD2(numbers[0], numbers[1]), SIMD3(numbers[2], numbers[3], numbers[4]), step: step, channel: channel)
        }
        values = taps.mapValues { $0.sums.compactMapValues(\.mean) }
        self.firstNonFinite = firstNonFinite
    }

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

/// How much the distribution of each unit's values moved during training: the covariate shift in one number.
///
/// The drift of a unit is the mean, over consecutive observations of the same probe images, of
/// (|Δp15| + |Δp50| + |Δp85|) / 3, in the units of the values. It is a function of `activations.csv` alone. The typical
/// unit of a tap is the one of median drift (of two in the middle the lower drift, of equal drifts the lower channel):
/// a rule stated beforehand, so that nobody picks the unit that looks best.
public struct Drift: Equatable, Sendable {
    public struct Unit: Equatable, Sendable {
        public let tap: String
        /// The unit's number in the tap, from 0.
        public let channel: Int
        /// The mean movement between observations; NaN with fewer than two observations.
        public let drift: Double
        public let isTypical: Bool
    }

    /// The units in the order of the observations: by tap, then by channel.
    public let units: [Unit]

    package static let header = ["tap", "channel", "drift", "typical"]

    /// Reads the observations of a run and sums up the movement. O(rows).
    public init(activations url: URL) throws(CSVError) {
        var taps: [String] = []
        var movements: [String: [Int: Movement]] = [:]
        try CSVTable(whole: url).forEachRow(["tap", "channel", "p15", "p50", "p85"]) { row throws(CSVError) in
            let (tap, channel) = (row[0], try row.integer(1))
            let percentiles = SIMD3(
                try row.number(2) ?? .nan, try row.number(3) ?? .nan, try row.number(4) ?? .nan)
            if movements[tap] == nil { taps.append(tap) }
            movements[tap, default: [:]][channel, default: Movement()].add(percentiles)
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

    package var rows: [[CSVField]] {
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
