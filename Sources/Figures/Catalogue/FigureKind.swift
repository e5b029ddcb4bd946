import Plotting
import Results

/// A kind of figure: a function of an experiment's CSV files.
///
/// A new kind is a file with a type that conforms, and a line in ``FigureCatalogue/all``.
public protocol FigureKind: Sendable {
    /// The word that experiments ask for it by.
    static var name: String { get }
    /// What it shows, in one sentence.
    static var purpose: String { get }
    /// The options it knows.
    static var options: [FigureOption] { get }
    /// The columns of the plotted numbers.
    static var columns: [FigureColumn] { get }
    /// A figure with the given options, of which all are known.
    init(_ options: FigureOptions) throws(FigureError)
    /// The picture and the numbers that it shows. Depends on nothing but the results.
    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing
}

/// A column of the CSV file that stands beside a figure.
public struct FigureColumn: Sendable, Equatable {
    /// Its name in the header.
    public let name: String
    /// What its values are, with their unit.
    public let meaning: String
}

extension FigureColumn {
    /// What stands beside a mean over seeds.
    static let overSeeds = [
        FigureColumn(name: "n", meaning: "seeds in the mean"),
        FigureColumn(name: "deviation", meaning: "standard deviation over these seeds (divisor n − 1)"),
        FigureColumn(name: "minimum", meaning: "the lowest of these seeds"),
        FigureColumn(name: "maximum", meaning: "the highest of these seeds"),
    ]
}

/// A drawn figure.
public struct FigureDrawing: Sendable {
    /// The picture.
    public let picture: Figure
    /// The plotted numbers.
    public let numbers: CSVText
    /// The figure as a table in Markdown; nil for figures that are no tables.
    public var markdown: String?
}

extension FigureKind {
    /// An empty table of the kind's columns.
    static func numbers() -> CSVText { CSVText(columns: columns.map(\.name)) }
}
