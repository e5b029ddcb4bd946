import Declarations
import Engine
import Vocabulary

/// How one number is made of a quantity's rows: of every place over the steps, then of the places.
public struct QuantityReading: Configurable, Equatable {
    /// The quantity.
    public var name = ""
    /// A pattern of places; empty for what belongs to the whole network.
    public var place = ""
    /// The number on the quantity's own axis; nil for all.
    public var at: Double?
    /// What of a place's values over the steps counts.
    public var steps = Choice.mean
    /// The first step that counts.
    public var from = 0
    /// What of the places' numbers counts.
    public var places = Choice.mean

    /// One number of several.
    public enum Choice: String, ConfigurationWord {
        case mean
        case median
        case minimum
        case maximum
        case first
        case last
        /// The last one divided by the first.
        case growth
    }

    /// The word `quantity`.
    public static let kind = "quantity"
    /// What it is.
    public static let summary =
        "A number from `measures.csv` or `shift.csv`: of every place over the steps, then of the places."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field("name", \.name, .text, required: true, "The quantity, such as gradient-shift or wasserstein."),
        Field(
            "place", \.place, .text,
            "A pattern of layers or taps; by default what belongs to the whole network."),
        Field(
            "at", \.at, .number(-1e300...1e300).optional,
            "The number on the quantity's own axis, such as a step length; none means all of them."),
        Field("over-steps", \.steps, "Which value over the steps counts; `growth` is the last divided by the first."),
        Field("from-step", \.from, 0...1_000_000_000, "The first step that counts."),
        Field("over-places", \.places, "Which of the places' numbers counts, in the network's order."),
    ]

    /// The mean of everything.
    public init() {}

    /// One phrase for tables: `mean gradient-shift of conv*`.
    var description: String {
        let axis = at.map { " at \(Scalar.format($0))" } ?? ""
        let time =
            switch steps {
            case .mean: "mean \(name)"
            case .growth: "growth of \(name)"
            case .first, .last, .median, .minimum, .maximum: "\(steps.rawValue) \(name)"
            }
        let start = from > 0 ? " from step \(from)" : ""
        if place.isEmpty { return time + axis + start }
        let among = place.contains("*") && places != .mean ? " (\(places.rawValue) over places)" : ""
        return "\(time)\(axis) of \(place)\(among)\(start)"
    }
}

extension QuantityReading.Choice {
    /// The number that it makes of several; nil of none.
    func value(of values: [Double]) -> Double? {
        guard let first = values.first, let last = values.last else { return nil }
        switch self {
        case .first: return first
        case .last: return last
        case .growth: return last / first
        case .minimum: return values.min()
        case .maximum: return values.max()
        case .mean: return values.reduce(0, +) / Double(values.count)
        case .median:
            let sorted = values.sorted()
            let middle = sorted.count / 2
            return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        }
    }
}
