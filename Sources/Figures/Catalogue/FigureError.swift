import Declarations
import Results

/// Why a figure could not be drawn, said so that the reader knows what to do.
public enum FigureError: Error, Equatable, CustomStringConvertible {
    /// A file of results is missing, cut off or malformed.
    case data(CSVError)
    /// `figures.yaml` is not a list of figures.
    case declaration(ConfigurationErrors)
    /// The value of a key of the figure names what the results do not have.
    case badValue(String, value: String, expected: String)
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
        case .declaration(let errors):
            errors.description
        case .badValue(let key, let value, let expected):
            "\(key) is '\(value)'; expected \(expected)"
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
