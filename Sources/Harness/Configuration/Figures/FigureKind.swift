import Engine
import Results
import Vocabulary

/// A sort of figure that an experiment can ask for. A new one is a type and one line in ``FigureKindCatalogue``.
protocol FigureKind: Configurable {
    /// What all figures have.
    var common: FigureOptions { get set }
    /// The taps it shows, as addresses or patterns.
    var taps: [String] { get }
    /// The swept keys it shows.
    var sweptKeys: [String] { get }
    /// The rule by which it says that an arm matches a baseline; nil where it says nothing of the kind.
    var match: MatchRule? { get }
    /// What is wrong with the values of its options that their types do not say.
    var mistakes: [FigureMistake] { get }
}

/// A value of a figure's option that cannot be used.
struct FigureMistake: Equatable, Sendable {
    /// The option's key.
    let key: String
    /// What was found and what is expected.
    let message: String
}

/// What all figures have.
struct FigureOptions: Sendable {
    /// The stem of the figure's files; nil for its kind.
    var name: String?
    /// The heading; nil for the figure's own.
    var title: String?
    /// Names and patterns of arms; empty for all.
    var arms: [String] = []
}

extension FigureKind {
    var taps: [String] { [] }
    var sweptKeys: [String] { [] }
    var match: MatchRule? { nil }
    var mistakes: [FigureMistake] { [] }

    /// The fields that all figures have.
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

/// The figures, in the order of the reference.
enum FigureKindCatalogue {
    static let all: [any FigureKind.Type] = [
        AccuracyOverSteps.self,
        LossOverSteps.self,
        ActivationQuantiles.self,
        ActivationDistributions.self,
        FinalAccuracy.self,
        SweepMap.self,
        StepsToMatch.self,
        MatchTable.self,
        ChangeWorth.self,
        EnsembleAccuracy.self,
        QuantityOverSteps.self,
        Landscape.self,
        ShiftMap.self,
        QuantityProfile.self,
        ScaleAndPercentiles.self,
        QuantityScatter.self,
        LineFit.self,
    ]
}
