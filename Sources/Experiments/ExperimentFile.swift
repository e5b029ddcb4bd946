import Claims
import Datasets
import Declarations
import Engine
import Figures
import Running
import Vocabulary

/// An experiment file as it is written. Its arms and what they share are kept in the tree, where layers are merged.
struct ExperimentFile: Configurable {
    var title = ""
    var source = ""
    var question = ""
    var keepsArms = true
    var datasets: [String] = []

    static let kind = "experiment"
    static let summary = "A question, its arms, and what is made of their runs."
    static let fields: [Field<Self>] = [
        Field("title", \.title, .text, required: true, "The heading."),
        Field("source", \.source, .text, required: true, "The publication it follows, with section and figure."),
        Field("question", \.question, .text, required: true, "What it asks, in one sentence."),
        Field(
            tree: "extends", .text,
            "Another experiment that this one is laid over: mappings merge, lists replace."),
        Field(
            "keeps-arms", \.keepsArms,
            "Whether the arms of the extended experiment are run here too; `like` may name them in either case."),
        Field(
            "dataset", \.datasets, .word(among: DatasetCatalogue.names).list(minimum: 1), required: true,
            "Data sets by preference: the first that the machine has is used."),
        Field(
            tree: "profiles", .record(ProfilesFields.self), required: true,
            """
            How much is done: in seconds, in minutes, at the published length. One is enough: another is the next shorter one, \
            or else the next longer one; `smoke` the same with at most 20 steps and one seed.
            """),
        Field(
            tree: "base", .partial(.record(RunConfiguration.self)), required: true, "What all arms have in common."),
        Field(
            tree: "arms", .named(.init("arm"), .optional(.partial(.record(ArmFields.self)))), required: true,
            "The variations by name, each stating only its differences from the base."),
        Field(
            tree: "sweep",
            .named(
                .init("key", arePaths: true),
                .tree(.init("values", expectation: "a list of values", shape: .anything))),
            """
            Paths of keys with lists of values (`optimizer.sgd.rate: [0.1, 1]`), or with mappings from names to values (`input: \
            { raw: unit, scaled: { z-score: feature } }`): every arm is run with every combination, under names such as \
            `baseline@rate=0.1`.
            """),
        Field(
            tree: "ensembles", .named(.init("ensemble"), .list(.text, minimum: 1)),
            """
            Names with lists of at least two arms (`six: [a, b, c]`): the class probabilities of their final networks \
            are averaged, seed by seed. The arms need `evaluate.predictions`; a claim may name an ensemble as its arm.
            """),
        Field(
            tree: "figures", FigureList.type, "The figures that are drawn of the runs."),
        Field(
            tree: "claims", .list(.record(Claim.self), minimum: 0), "The statements that the runs decide."),
    ]
}

struct ProfilesFields: Configurable {
    static let kind = "profiles"
    static let summary = "How much of the experiment is done."
    static let fields: [Field<Self>] = zip(
        Profile.names, ["In seconds: does it run?", "In minutes: what does it show?", "At the published length."]
    ).map { Field(tree: $0, .record(ProfileFields.self), $1) }
}

struct ProfileFields: Configurable {
    var steps = 0
    var seeds: [Int] = []

    static let kind = "profile"
    static let summary = "How long each run is, and how many there are."
    static let fields: [Field<Self>] = [
        Field(
            "steps", \.steps, 0...1_000_000_000, required: true,
            "Training steps of a run; with 0 it only measures."),
        Field(
            "seeds", \.seeds, .integer(0...Int.max).list(minimum: 1), required: true, "One run of each arm for each."),
        Field(
            tree: "set", .partial(.record(RunConfiguration.self)),
            "What this profile changes of the base; arms win over it."),
    ]
}

/// One variation of the base, stating only its differences: `{}` is the base itself, `none` leaves out an extended arm.
struct ArmFields: Configurable {
    var label: String?
    var description: String?
    var like: String?

    static let kind = "arm"
    static let summary = "One variation of the base, stating only its differences."
    static let fields: [Field<Self>] =
        own + RunConfiguration.fields.map { Field(tree: $0.name, $0.type, required: $0.isRequired, $0.documentation) }

    /// The keys of an arm that no run configuration has.
    static let own: [Field<Self>] = [
        Field("label", \.label, .text.given, "The arm's name in figures; by default its own."),
        Field("description", \.description, .text.given, "What the arm shows."),
        Field(
            "like", \.like, .text.given,
            "Another arm that this one builds upon: all that it states, but its label and description, holds here too."),
    ]
}
