/// The way from values to colours, with the words of its colour bar.
public struct ColorScale: Hashable, Sendable {
    /// The colours from the lowest to the highest value.
    public var map: ColorMap
    /// The value of the first colour.
    public var lower: Double
    /// The value of the last colour.
    public var upper: Double
    /// What the values are, with their unit; stands along the colour bar.
    public var title: String
    /// How the numbers beside the colour bar are written.
    public var format: NumberFormat
    /// Whether equal ratios, not equal differences, are equal steps of colour.
    public var isLogarithmic: Bool

    /// Colours for the values from `lower` to `upper`; what lies outside takes the nearest.
    /// - Precondition: `lower < upper`, both finite, and both positive where the scale is logarithmic.
    public init(
        _ title: String, from lower: Double, to upper: Double, map: ColorMap = .sequential,
        format: NumberFormat = .automatic, isLogarithmic: Bool = false
    ) {
        precondition(lower < upper && lower.isFinite && upper.isFinite, "a colour scale has a finite range")
        precondition(!isLogarithmic || lower > 0, "a logarithmic colour scale is positive")
        self.title = title
        self.lower = lower
        self.upper = upper
        self.map = map
        self.format = format
        self.isLogarithmic = isLogarithmic
    }

    /// The colour of a value; light grey where it is not a number.
    public func color(_ value: Double) -> Color {
        if value == .infinity { return map.color(1) }
        if value == -.infinity { return map.color(0) }
        let fraction = axis.fraction(value)
        return fraction.isFinite ? map.color(fraction) : .missing
    }

    var axis: ResolvedScale {
        ResolvedScale(isLogarithmic ? .logarithmic : .linear, from: lower, to: upper)
    }
}
