import Engine
import Results
import Vocabulary

/// Accuracy over steps, and where each arm matches a baseline: Figure 2 of Ioffe & Szegedy 2015.
struct StepsToMatch: FigureKind {
    var common = FigureOptions()
    var options = MatchOptions()
    var band = SeedBand.range
    var stepScale = AxisScale.linear

    static let kind = "steps-to-match"
    static let summary =
        "Test accuracy over training steps, with a diamond where each arm first matches a baseline's best."
    static let fields: [Field<Self>] =
        commonFields + MatchOptions.fields(\.options) + [
            Field("band", \.band, bandDocumentation),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
    var match: MatchRule? { options.rule }
}

/// Steps to match a baseline and best accuracy, beside published numbers: Figure 3 of Ioffe & Szegedy 2015.
struct MatchTable: FigureKind {
    var common = FigureOptions()
    var options = MatchOptions()
    var paper: [PublishedResult] = []

    static let kind = "match-table"
    static let summary =
        "A table and a picture: each arm's steps to match a baseline's best, their ratio and its best accuracy, beside the paper's."
    static let fields: [Field<Self>] =
        commonFields + MatchOptions.fields(\.options) + [
            Field(
                "paper", \.paper, .record().list(),
                """
                What the paper found, an entry an arm: `{ arm: bn-x5, steps: 2.1e6, accuracy: 0.73 }`. Ratios are formed \
                from the steps of the baseline's entry.
                """)
        ]
    var match: MatchRule? { options.rule }
}

/// What a publication says of an arm.
struct PublishedResult: Configurable {
    var arm = ""
    var steps: Double?
    var accuracy: Double?

    static let kind = "paper"
    static let summary = "What a publication says of an arm."
    static let fields: [Field<Self>] = [
        Field("arm", \.arm, .text, required: true, "The arm that stands for it."),
        Field(
            "steps", \.steps, .number(1...1e12).optional,
            "The steps after which it matches the baseline's best accuracy."),
        Field("accuracy", \.accuracy, .number(0...1).optional, "Its best accuracy, from 0 to 1."),
    ]
}

/// What each change of a recipe is worth: §4.2.1 of Ioffe & Szegedy 2015, taken apart.
struct ChangeWorth: FigureKind {
    var common = FigureOptions()
    var options = MatchOptions()
    var groups: [ChangeGroup] = []

    static let kind = "change-worth"
    static let summary =
        "What single changes of reference arms are worth: in steps to match a baseline's best, and in best accuracy."
    static let fields: [Field<Self>] =
        namingFields + MatchOptions.fields(\.options) + [
            Field(
                "groups", \.groups, .record().list(minimum: 1), required: true,
                """
                The references with their changes: `{ reference: bn-baseline, label: Added, changes: [{ arm: no-dropout }] }`.
                """)
        ]
    var match: MatchRule? { options.rule }
}

/// Changes that are compared with one arm.
struct ChangeGroup: Configurable {
    var reference = ""
    var label: String?
    var changes: [Change] = []

    static let kind = "groups"
    static let summary = "Changes that are compared with one arm, seed by seed."
    static let fields: [Field<Self>] = [
        Field("reference", \.reference, .text, required: true, "The arm without the changes."),
        Field("label", \.label, .text.optional, "The heading of the group; by default the reference's label."),
        Field(
            "changes", \.changes, .record().list(minimum: 1), required: true,
            "The arms with one change each: `{ arm: no-dropout, label: without dropout }`."),
    ]
}

/// An arm that differs from its reference by one change.
struct Change: Configurable {
    var arm = ""
    var label: String?

    static let kind = "changes"
    static let summary = "An arm that differs from its reference by one change."
    static let fields: [Field<Self>] = [
        Field("arm", \.arm, .text, required: true, "The arm with the change."),
        Field("label", \.label, .text.optional, "What the change is; by default the arm's label."),
    ]
}

/// Accuracy against the number of averaged networks: Figure 4 of Ioffe & Szegedy 2015.
struct EnsembleAccuracy: FigureKind {
    var common = FigureOptions()
    var ensemble = ""

    static let kind = "ensemble"
    static let summary = "Test accuracy against the number of averaged networks, with each network's own."
    static let fields: [Field<Self>] =
        namingFields + [Field("ensemble", \.ensemble, .text, required: true, "The name of the ensemble.")]
}
