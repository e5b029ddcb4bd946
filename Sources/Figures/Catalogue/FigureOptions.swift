import Foundation

/// An option that a kind of figure knows.
public struct FigureOption: Sendable, Equatable {
    /// Its name in an experiment file.
    public let name: String
    /// What it decides and the values it takes.
    public let meaning: String

    static let arms = FigureOption(name: "arms", meaning: "the arms to show, separated by spaces; * matches any text")
    static let title = FigureOption(name: "title", meaning: "the figure's title")
    static let statistics = FigureOption(
        name: "statistics",
        meaning:
            "population, moving-average, plain-average or batch: what batch normalization is evaluated with; by default the first there is"
    )
    static let stepScale = FigureOption(name: "x-scale", meaning: "linear (default) or log: the axis of steps")
    static let band = FigureOption(name: "band", meaning: "range (default: lowest to highest seed) or deviation (±1)")
}

/// The options of one figure, checked against those that its kind knows.
public struct FigureOptions: Sendable {
    /// The kind of figure.
    let kind: String
    private let values: [String: String]

    /// Takes the options of a request; one that the kind does not know is an error.
    init(_ request: FigureRequest, known: [FigureOption]) throws(FigureError) {
        kind = request.kind
        values = request.options
        for option in request.options.keys.sorted() where !known.contains(where: { $0.name == option }) {
            throw .unknownOption(option, kind: kind, known: known.map(\.name))
        }
    }

    /// An option's text, or nil where it is not given.
    func text(_ option: String) -> String? {
        values[option].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// An option's text, which must be given.
    func required(_ option: String, _ expected: String) throws(FigureError) -> String {
        guard let text = text(option) else { throw .missingOption(option, kind: kind, expected: expected) }
        return text
    }

    /// An option that is one of a few words.
    func choice<Word: RawRepresentable & CaseIterable>(_ option: String) throws(FigureError) -> Word?
    where Word.RawValue == String {
        guard let text = text(option) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue)
            throw .badOption(option, value: text, expected: "one of \(words.joined(separator: ", "))")
        }
        return word
    }

    /// An option that is a list of records, written as JSON; empty where it is not given.
    func records<Record: Decodable>(_ option: String, _ expected: String) throws(FigureError) -> [Record] {
        guard let text = text(option) else { return [] }
        do {
            return try JSONDecoder().decode([Record].self, from: Data(text.utf8))
        } catch {
            throw .badOption(option, value: text, expected: expected)
        }
    }

    /// An option that is a finite number.
    func number(_ option: String) throws(FigureError) -> Double? {
        guard let text = text(option) else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw .badOption(option, value: text, expected: "a number")
        }
        return value
    }

    /// An option that is a whole number from 1.
    func count(_ option: String) throws(FigureError) -> Int? {
        guard let text = text(option) else { return nil }
        guard let value = Int(text), value >= 1 else {
            throw .badOption(option, value: text, expected: "a whole number from 1")
        }
        return value
    }
}

/// Whether an axis is linear or logarithmic.
enum ScaleChoice: String, CaseIterable, Sendable {
    case linear
    case log
}
