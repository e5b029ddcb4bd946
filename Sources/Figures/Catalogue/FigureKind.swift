import Plotting
import Results
import Vocabulary

/// A kind of figure: what an experiment may ask of it, and how it is drawn from the experiment's files.
///
/// A new kind is a file with a type that conforms, and a line in ``FigureCatalogue/all``. The strict reader, `figures.yaml`,
/// the schema and the reference follow from its fields.
public protocol FigureKind: Configurable {
    static var columns: [FigureColumn] { get }
    var common: CommonFields { get set }
    /// Whether it shows losses or accuracies, which only arms with a network have.
    static var showsEvaluations: Bool { get }
    /// The rule by which it says that an arm matches a baseline; nil where it says nothing of the kind.
    var match: MatchRule? { get }
    /// Reports what is wrong with its fields and their types do not say: names that lead nowhere, and values that exclude each
    /// other. Its name, its arms and the keys `baseline`, `reference` and `arm`, each of which names one arm, are looked at
    /// before.
    func check(_ fields: FigureFields)
    /// The picture and the numbers that it shows. Depends on nothing but the results.
    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing
}

extension FigureKind {
    public var name: String { common.name ?? Self.kind }
    public static var showsEvaluations: Bool { false }
    public var match: MatchRule? { nil }
    public func check(_ fields: FigureFields) {}

    /// An empty table of the kind's columns.
    static func numbers() -> CSVText { CSVText(columns: columns.map(\.name)) }
}

public enum FigureCatalogue {
    /// Every kind, in the order of the reference; a new one is a line here.
    public static let all: [any FigureKind.Type] = [
        AccuracyOverSteps.self, LossOverSteps.self, ActivationQuantiles.self, ActivationDistributions.self,
        FinalAccuracy.self, Sweep.self, StepsToMatch.self, MatchTable.self, ChangeWorth.self, EnsembleAccuracy.self,
        QuantityOverSteps.self, Landscape.self, ShiftMap.self, QuantityProfile.self, ScaleAndPercentiles.self,
        QuantityScatter.self, LineFit.self,
    ]
}

public struct FigureDrawing: Sendable {
    public let picture: Figure
    public let numbers: CSVText
    /// The figure as a table in Markdown; nil for figures that are no tables.
    public var markdown: String?
}

/// A column of the CSV file that stands beside a figure.
public struct FigureColumn: Sendable, Equatable {
    public let name: String
    /// What its values are, with their unit.
    public let meaning: String

    init(_ name: String, _ meaning: String) {
        self.name = name
        self.meaning = meaning
    }

    /// What stands beside a mean over seeds.
    static let overSeeds = [
        FigureColumn("n", "seeds in the mean"),
        FigureColumn("deviation", "standard deviation over these seeds (divisor n − 1)"),
        FigureColumn("minimum", "the lowest of these seeds"),
        FigureColumn("maximum", "the highest of these seeds"),
    ]
}

// MARK: Fields that several kinds have

public struct CommonFields: Sendable {
    /// The stem of the figure's files; nil for its kind.
    public var name: String?
    /// The heading; nil for the figure's own.
    public var title: String?
    /// Names and patterns of arms; empty for all.
    public var arms: [String] = []
}

extension FigureKind {
    static var namingFields: [Field<Self>] {
        [
            Field(
                "name", \.common.name, .text.optional,
                "The stem of the figure's files, where one kind is asked for more than once."),
            Field("title", \.common.title, .text.optional, "The heading; by default the figure's own."),
        ]
    }

    /// The fields of all figures whose arms can be chosen freely.
    static var commonFields: [Field<Self>] {
        namingFields + [
            Field("arms", \.common.arms, .text.list(), "The arms it shows, as names or patterns; none means all.")
        ]
    }
}

enum ScaleChoice: String, ConfigurationWord {
    case linear
    case log
}

enum FieldDocumentation {
    static let statistics = """
        The statistics of batch normalization at which it was measured; none means those that count: the first of `population`, \
        `moving-average`, `plain-average` and `batch` that are there at all evaluations but the first.
        """
    static let band = "The band around the mean: from the lowest to the highest seed, or ±1 standard deviation."
    static let stepScale = "The axis of steps: a logarithmic one shows the first steps, without step 0."
    static let smoothing =
        "Values are means over so many consecutive measurements, at the last of them; 1 takes them as they are."
    static let valueScale = """
        The vertical axis; none means logarithmic for magnitudes that are positive and span two powers of ten. A logarithmic one \
        is left linear where values are negative.
        """
    static let step = "`first`, `last`, or a number: the measured step nearest to it."
}

/// The fields of figures that say when an arm matches a baseline.
struct MatchFields: Sendable {
    var baseline = ""
    var smoothing = 1
    var statistics: StatisticsSource?

    var rule: MatchRule { MatchRule(baseline: baseline, smoothing: smoothing, statistics: statistics) }

    /// Them, as those of a figure that holds them at a path.
    static func fields<Owner>(_ path: WritableKeyPath<Owner, MatchFields> & Sendable) -> [Field<Owner>] {
        [
            Field<MatchFields>(
                "baseline", \.baseline, .text, required: true,
                "The arm whose best accuracy is to be matched, seed by seed."),
            Field<MatchFields>(
                "smoothing", \.smoothing, 1...1000,
                "Accuracies are means over so many consecutive evaluations, at the last of them; 1 takes them as they are."
            ),
            Field<MatchFields>("statistics", \.statistics, .word().optional, FieldDocumentation.statistics),
        ].within(path)
    }
}
