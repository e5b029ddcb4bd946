import Foundation

/// The map from the values of an axis to fractions of its length.
struct ResolvedScale: Equatable {
    enum Kind: Equatable { case linear, logarithmic }

    let kind: Kind
    /// The values at the fractions 0 and 1; `lower < upper`, and positive where logarithmic.
    let lower: Double
    let upper: Double

    init(_ kind: Kind, from lower: Double, to upper: Double) {
        self.kind = kind
        self.lower = lower
        self.upper = upper
    }

    /// 0 at the lower end, 1 at the upper, beyond them outside; NaN where the scale has no such value.
    func fraction(_ value: Double) -> Double {
        switch kind {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: value > 0 ? log10(value / lower) / log10(upper / lower) : .nan
        }
    }

    /// Whether the value lies on the axis, its ends included.
    func contains(_ value: Double) -> Bool {
        let fraction = fraction(value)
        return fraction >= -1e-9 && fraction <= 1 + 1e-9
    }
}
