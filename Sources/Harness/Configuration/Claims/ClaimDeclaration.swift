import Engine

/// A statement with a source, the number that decides it, and the least effect that counts.
public struct ClaimDeclaration: Sendable, Equatable {
    /// Its name, unique in the experiment.
    public let id: String
    /// What is claimed, in our words.
    public let statement: String
    /// What the paper says, with its section.
    public let paper: String
    /// What is measured of each run.
    public let measure: ClaimMeasure
    /// The statistics of batch normalization at which it is measured; nil is population where there are any, otherwise the
    /// moving average.
    public let statistics: StatisticsWord?
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
    /// The arms it stands for, in declared order; never empty.
    public let candidates: [String]
    /// The metric whose mean over seeds after the last step decides among several candidates; nil for one.
    public let choose: Metric?

    /// One arm.
    public init(arm: String) {
        pattern = arm
        candidates = [arm]
        choose = nil
    }

    /// A group of arms with the metric that decides among them.
    public init(pattern: String, candidates: [String], choose: Metric?) {
        precondition(!candidates.isEmpty, "a choice needs a candidate")
        self.pattern = pattern
        self.candidates = candidates
        self.choose = choose
    }
}

/// A claim as it is written.
struct ClaimFields: Configurable {
    var id = ""
    var statement = ""
    var paper = ""
    var measure: any Configurable = FinalMeasure()
    var arm = ""
    var with: String?
    var value: Double?
    var choose: Metric?
    var expect = ExpectedDirection.above
    var factor: Double?
    var margin: Double?
    var statistics: StatisticsWord?

    static let kind = "claim"
    static let summary = "A statement with a source, the number that decides it, and the least effect that counts."
    static let fields: [Field<Self>] = [
        Field(text: "id", \.id, required: true, "A name, unique in the experiment."),
        Field(text: "statement", \.statement, required: true, "What is claimed, in one sentence of our own."),
        Field(text: "paper", \.paper, required: true, "What the paper says, quoted briefly, with the section."),
        Field(
            "measure", \.measure, oneOf: ClaimMeasureCatalogue.all, required: true,
            "The number of each run that decides: with one seed, one number."),
        Field(
            text: "arm", \.arm, required: true, "The arm that the claim is about, or a pattern such as 'batch-norm@*'."),
        Field(text: "with", \.with, "The arm or pattern that it is compared with, seed by seed."),
        Field(
            optional: "value", \.value, -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
            "A published number that it is compared with, instead of an arm."),
        Field(
            optional: "choose", \.choose,
            "How one arm is chosen where a pattern fits several: by the best mean over seeds of this metric at the end."
        ),
        Field("expect", \.expect, required: true, "On which side of the other the arm is expected."),
        Field(optional: "factor", \.factor, 1...1e9, "The least ratio that counts: 2 means half, or double."),
        Field(
            optional: "margin", \.margin, -1e9...1e9,
            "The least difference that counts, in the measure's unit; below 0 it is how much worse is still not worse."),
        Field(
            optional: "statistics", \.statistics,
            "The statistics of batch normalization; none means population where there are any, else the moving average."
        ),
    ]
}

extension ExpectedDirection: ConfigurationWord {}
