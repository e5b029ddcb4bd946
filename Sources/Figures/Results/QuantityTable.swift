/// What a measured quantity means to a reader: the words for its axes.
struct QuantityWords: Sendable, Equatable {
    /// What it is, with its formula and unit; begins with a capital letter unless with a formula.
    let title: String
    /// What its own axis (`at`) measures.
    var axis = "At"
    /// How its values may be drawn.
    var kind = Kind.linear

    /// The words of the column `kind`.
    enum Kind: String, CaseIterable {
        /// Ratios of its values mean something and no value is special but zero: its axis may become logarithmic unasked.
        case magnitude
        /// Differences mean something.
        case linear
        /// Its values have bounds that mean something, as those of cosines: panels beside each other share an axis even where
        /// curves lie flat, for that is what they say.
        case bounded
    }

    var isMagnitude: Bool { kind == .magnitude }

    /// The title without what stands in brackets at its end: for a heading.
    var heading: String {
        guard title.hasSuffix(")"), let bracket = title.lastIndex(of: "("), bracket > title.startIndex else {
            return title
        }
        let text = title[..<bracket]
        return text.last == " " ? String(text.dropLast()) : title
    }

    /// The first words of the title, without formula and explanation: for a colour bar.
    var short: String {
        let ends = [" (", " to the ", " ‖", " |", " max ", " η", ", "].compactMap {
            title.firstRange(of: $0)?.lowerBound
        }
        // The comma of cos(G, G′) is none between words.
        let outside = ends.filter { !title[..<$0].contains("(") }
        return String(title[..<(outside.min() ?? title.endIndex)])
    }
}

/// The words for the quantities that an experiment measures: the rows of `quantities.csv`.
struct QuantityTable: Sendable, Equatable {
    private var words: [String: QuantityWords] = [:]

    /// No quantity has words of its own.
    init() {}

    /// Reads `quantities.csv`.
    init(_ table: CSVTable) throws(CSVError) {
        let (names, titles) = (try table.texts("quantity"), try table.texts("title"))
        let (axes, kinds) = (try table.texts("axis"), try table.texts("kind"))
        for row in names.indices {
            guard let kind = QuantityWords.Kind(rawValue: kinds[row]) else {
                throw .unknownWord(
                    file: table.file, line: table.line(ofRow: row), column: "kind", found: kinds[row],
                    expected: QuantityWords.Kind.allCases.map(\.rawValue))
            }
            words[names[row]] = QuantityWords(
                title: titles[row], axis: axes[row].isEmpty ? "At" : axes[row], kind: kind)
        }
    }

    /// The words for a quantity; of one that the table lacks its own, without hyphens.
    subscript(quantity: String) -> QuantityWords {
        if let known = words[quantity] { return known }
        let plain = quantity.replacing("-", with: " ")
        return QuantityWords(title: "\(plain.prefix(1).uppercased())\(plain.dropFirst())")
    }
}
