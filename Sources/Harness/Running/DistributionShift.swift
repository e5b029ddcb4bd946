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
    /// What is measured.
    public enum Quantity: String, CaseIterable, Sendable {
        case meanDrift = "mean-drift"
        case deviationDrift = "deviation-drift"
        case quantileDrift = "quantile-drift"
        case wasserstein
        case kolmogorovSmirnov = "kolmogorov-smirnov"
        case wassersteinToEnd = "wasserstein-to-end"
        case kolmogorovSmirnovToEnd = "kolmogorov-smirnov-to-end"
    }

    /// One number.
    public struct Value: Equatable, Sendable {
        /// The step of the later observation; to the end, of the earlier one.
        public let step: Int
        /// What was measured.
        public let quantity: Quantity
        /// The tap's address.
        public let place: String
        /// Never negative.
        public let value: Double
    }

    /// The values by step, then by place in the order of the observations, then by quantity.
    public let values: [Value]

    static let header = ["step", "quantity", "place", "at", "value"]

    /// Compares the observations of a run. They end before the first that holds a number that is not finite. O(rows).
    ///
    /// - Throws: `FileError` or `CSVError`.
    public init(_ folder: RunFolder) throws {
        var observations = try LayerObservations(folder.layers)
        let units = try UnitShift(activations: folder.activations)
        if let step = units.firstNonFinite { observations.cut(before: step) }
        let layers = try LayerShift(observations, histograms: folder.histograms)
        values = observations.steps.flatMap { step in
            layers.taps.flatMap { tap in
                let numbers = Self.numbers(units.values[tap]?[step], layers.values[tap]?[step])
                return zip(Quantity.allCases, numbers).compactMap { quantity, number in
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

    /// The rows of `shift.csv`.
    var rows: [[CSVField]] {
        [Self.header.map { .text($0) }]
            + values.map {
                [.integer($0.step), .text($0.quantity.rawValue), .text($0.place), .empty, .number($0.value)]
            }
    }
}

extension DistributionShift.Quantity {
    /// The words for it.
    var words: Quantity {
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
