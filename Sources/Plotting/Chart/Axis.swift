/// One axis of a ``Panel``: what it measures, how far it goes and how its numbers are written.
public struct Axis: Sendable {
    /// How values become distances.
    public enum Scale: Sendable {
        /// Equal differences are equal distances.
        case linear
        /// Equal ratios are equal distances; only positive values exist.
        case logarithmic
        /// Names at equal distances, at the positions 0, 1, 2…; a vertical axis lists them from the top.
        case categories([String])
    }

    /// Where the ticks stand.
    public enum Ticks: Sendable {
        /// At round values, as many as there is room for.
        case automatic
        /// At these values.
        case at([Double])
        /// Nowhere, and no numbers.
        case none
    }

    /// What is measured, with its unit in brackets.
    public var title: String?
    /// How values become distances.
    public var scale: Scale
    /// The first value; nil takes it from the data.
    public var lower: Double?
    /// The last value; nil takes it from the data.
    public var upper: Double?
    /// How the numbers are written.
    public var format: NumberFormat
    /// Where the ticks stand.
    public var ticks: Ticks
    /// Whether light lines cross the panel at the ticks; nil draws them for numbers and not for categories or under heat maps.
    public var grid: Bool?
    /// Whether values grow to the left or downwards. Nil is the usual way: only a vertical axis of categories grows downwards.
    public var isReversed: Bool?

    /// An axis; what is left out is taken from the data.
    public init(
        _ title: String? = nil, scale: Scale = .linear, from lower: Double? = nil, to upper: Double? = nil,
        format: NumberFormat = .automatic, ticks: Ticks = .automatic, grid: Bool? = nil, isReversed: Bool? = nil
    ) {
        self.title = title
        self.scale = scale
        self.lower = lower
        self.upper = upper
        self.format = format
        self.ticks = ticks
        self.grid = grid
        self.isReversed = isReversed
    }

    /// An axis of names.
    public static func categories(_ names: [String], title: String? = nil, isReversed: Bool? = nil) -> Axis {
        Axis(title, scale: .categories(names), isReversed: isReversed)
    }

    var categories: [String]? {
        if case .categories(let names) = scale { return names }
        return nil
    }
}
