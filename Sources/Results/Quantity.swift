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
    public var isBounded: Bool { kind == .bounded }
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
