import Results

/// Why a figure could not be drawn, said so that the reader knows what to do.
public enum FigureError: Error, Equatable, CustomStringConvertible {
    /// A file of results is missing, cut off or malformed.
    case data(CSVError)
    /// The experiment asks for a kind of figure that does not exist.
    case unknownKind(String, known: [String])
    /// A figure's name cannot be the stem of its files.
    case badName(String, reserved: [String])
    /// A figure has an option that its kind does not know.
    case unknownOption(String, kind: String, known: [String])
    /// An option's value cannot be used.
    case badOption(String, value: String, expected: String)
    /// A kind of figure needs an option.
    case missingOption(String, kind: String, expected: String)
    /// The results hold nothing that the figure could show.
    case nothingToDraw(reason: String)
    /// A file of the figure cannot be written.
    case writing(file: String, reason: String)
    /// Some figures of the experiment failed; the others were drawn.
    case some(failures: [FigureFailure], drawn: [String])

    /// One line for people; one a figure where several failed.
    public var description: String {
        switch self {
        case .data(let error):
            "\(error)"
        case .unknownKind(let kind, let known):
            "there is no figure of the kind '\(kind)'; there are \(known.joined(separator: ", "))"
        case .badName(let name, let reserved):
            "'\(name)' cannot name a figure's files; choose a plain file name other than \(Phrase.list(reserved))"
        case .unknownOption(let option, let kind, let known):
            "the figure \(kind) has no option '\(option)'; it has \(known.joined(separator: ", "))"
        case .badOption(let option, let value, let expected):
            "the option \(option) is '\(value)'; expected \(expected)"
        case .missingOption(let option, let kind, let expected):
            "the figure \(kind) needs the option \(option): \(expected)"
        case .nothingToDraw(let reason):
            reason
        case .writing(let file, let reason):
            "\(file): cannot be written: \(reason)"
        case .some(let failures, _):
            failures.map(\.description).joined(separator: "\n")
        }
    }
}

/// One figure that could not be drawn.
public struct FigureFailure: Sendable, Equatable, CustomStringConvertible {
    /// The figure's name: the stem of its files.
    public var figure: String
    /// Why.
    public var error: FigureError

    /// `figure: why`.
    public var description: String { "\(figure): \(error)" }

    /// A figure and why it could not be drawn.
    public init(figure: String, error: FigureError) {
        self.figure = figure
        self.error = error
    }
}
