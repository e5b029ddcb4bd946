import Engine
import Results
import Vocabulary

/// A statement with a source, the number that decides it, and the least effect that counts.
public struct ClaimDeclaration: Sendable, Equatable {
    /// Its name, unique in the experiment.
    public let id: String
    /// What is claimed, in our words.
    public let statement: String
    /// Who says it, with the section.
    public let source: String
    /// Who says otherwise, and where; nil where nobody is known to. Shown beside the verdict, which it does not change.
    public let disputedBy: String?
    /// What is measured of each run.
    public let measure: ClaimMeasure
    /// The statistics of batch normalization at which it is measured; nil is population where there are any, otherwise the
    /// moving average.
    public let statistics: StatisticsSource?
    /// The test set's metrics are read as means over so many consecutive evaluations; 1 reads them as they are.
    public let smoothing: Int
    /// Whose numbers the claim is about.
    public let arm: ArmChoice
    /// What they are compared with.
    public let reference: Reference
    /// On which side of the reference they are expected.
    public let expectation: ExpectedDirection
    /// How far on that side.
    public let minimumEffect: MinimumEffect

    /// What a claim compares its arm with.
    public enum Reference: Sendable, Equatable {
        /// Another arm, seed by seed.
        case arm(ArmChoice)
        /// A published number.
        case value(Double)
    }
}

/// One arm, or the best one of a group.
public struct ArmChoice: Sendable, Equatable {
    /// What was written: a name, or a pattern.
    public let pattern: String
    /// The arms it stands for, in declared order; empty for a number of an ensemble only.
    public let candidates: [String]
    /// The metric whose mean over seeds after the last step decides among several candidates; nil for one.
    public let choose: Metric?
    /// Which number of an ensemble it is, where it is no arm at all.
    public let ensemble: EnsembleNumber?

    /// One arm.
    public init(arm: String) {
        pattern = arm
        candidates = [arm]
        choose = nil
        ensemble = nil
    }

    /// A number of an ensemble, which is no arm: there are no candidates.
    public init(ensemble: EnsembleNumber) {
        pattern = ensemble.description
        candidates = []
        choose = nil
        self.ensemble = ensemble
    }

    /// A group of arms with the metric that decides among them.
    public init(pattern: String, candidates: [String], choose: Metric?) {
        precondition(!candidates.isEmpty, "a choice needs a candidate")
        self.pattern = pattern
        self.candidates = candidates
        self.choose = choose
        ensemble = nil
    }
}

/// One of the accuracies that an ensemble has for each seed.
public enum EnsembleNumber: Sendable, Equatable {
    /// Of the mean of all members' class probabilities.
    case together(String)
    /// The mean of the members' own accuracies.
    case meanOfMembers(String)
    /// The best of the members' own accuracies.
    case bestOfMembers(String)

    /// The ensemble's name.
    public var name: String {
        switch self {
        case .together(let name), .meanOfMembers(let name), .bestOfMembers(let name): name
        }
    }

    /// As it is written in a claim.
    public var description: String {
        switch self {
        case .together(let name): name
        case .meanOfMembers(let name): "mean-of(\(name))"
        case .bestOfMembers(let name): "best-of(\(name))"
        }
    }
}

/// A claim as it is written.
struct ClaimFields: Configurable {
    var id = ""
    var statement = ""
    var source = ""
    var disputedBy: String?
    var measure: any Configurable = FinalMeasure()
    var arm = ""
    var comparedWith: String?
    var value: Double?
    var chosenBy: Metric?
    var expect = ExpectedDirection.above
    var factor: Double?
    var by: Double?
    var atMostWorse: Double?
    var statistics: StatisticsSource?
    var smoothing = 1

    static let kind = "claim"
    static let summary = "A statement with a source, the number that decides it, and the least effect that counts."
    static let fields: [Field<Self>] = [
        Field("id", \.id, .text, required: true, "A name, unique in the experiment."),
        Field("statement", \.statement, .text, required: true, "What is claimed, in one sentence of our own."),
        Field("source", \.source, .text, required: true, "Who says it: the words, quoted briefly, with the section."),
        Field(
            "disputed-by", \.disputedBy, .text.optional,
            "Who says otherwise, with what and where; it is shown beside the verdict, which it does not change."),
        Field(
            "measure", \.measure, oneOf: ClaimMeasureCatalogue.all, required: true,
            "The number of each run that decides: with one seed, one number."),
        Field(
            "arm", \.arm, .text, required: true,
            "The arm that the claim is about, a pattern such as 'batch-norm@*', or an ensemble."),
        Field(
            "compared-with", \.comparedWith, .text.optional,
            """
            The arm or pattern that it is compared with, seed by seed; an ensemble, or `mean-of(ENSEMBLE)` or \
            `best-of(ENSEMBLE)`, which are the mean and the best accuracy of its members.
            """),
        Field(
            "value", \.value, .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude).optional,
            "A published number that it is compared with, instead of an arm."),
        Field(
            "chosen-by", \.chosenBy, .word().optional,
            "How one arm is chosen where a pattern fits several: by the best mean over seeds of this metric at the end."
        ),
        Field("expect", \.expect, required: true, "On which side of the other the arm is expected."),
        Field("factor", \.factor, .number(1...1e9).optional, "The least ratio that counts: 2 means half, or double."),
        Field(
            "by", \.by, .number(0...1e9).optional, "The least difference that counts, in the measure's unit."),
        Field(
            "at-most-worse", \.atMostWorse, .number(0...1e9).optional,
            "How much worse is still not worse, in the measure's unit: the claim is that not more than this is lost."),
        Field(
            "statistics", \.statistics, .word().optional,
            "The statistics of batch normalization; none means population where there are any, else the moving average."
        ),
        Field(
            "smoothing", \.smoothing, 1...1000,
            """
            Metrics of the test set are read as the mean over so many consecutive evaluations, at the last of them; a target \
            is then the best such mean.
            """),
    ]
}

extension ExpectedDirection: ConfigurationWord {}
