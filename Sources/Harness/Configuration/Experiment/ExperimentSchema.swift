import Datasets
import Engine

/// The keys of an experiment file.
enum ExperimentSchema {
    static let file = RecordSchema(
        name: "experiment", summary: "A question, its arms, and what is made of their runs.",
        fields: [
            SchemaField(name: "title", documentation: "The heading.", schema: .text, isRequired: true),
            SchemaField(
                name: "source", documentation: "The publication it follows, with section and figure.", schema: .text,
                isRequired: true),
            SchemaField(
                name: "question", documentation: "What it asks, in one sentence.", schema: .text, isRequired: true),
            SchemaField(
                name: "extends",
                documentation: "Another experiment that this one is laid over: mappings merge, lists replace.",
                schema: .text),
            SchemaField(
                name: "dataset", documentation: "Data sets by preference: the first that the machine has is used.",
                schema: .list(.word(DatasetCatalogue.names), minimum: 1), isRequired: true),
            SchemaField(
                name: "profiles", documentation: "How much is done: in seconds, in minutes, at the published length.",
                schema: .record(profiles), isRequired: true),
            SchemaField(
                name: "base", documentation: "What all arms have in common.",
                schema: .partial(.record(RunConfiguration.schema)), isRequired: true),
            SchemaField(
                name: "arms", documentation: "The variations by name, each stating only its differences from the base.",
                schema: .named(arms), isRequired: true),
            SchemaField(
                name: "sweep",
                documentation: """
                    Paths of keys with lists of values (`optimizer.sgd.rate: [0.1, 1]`): every arm is run with every \
                    combination, under names such as `baseline@rate=0.1`.
                    """,
                schema: .named(
                    NamedSchema(
                        name: "key", documentation: "The values of a key.", value: .list(.anything, minimum: 1),
                        keys: .paths))),
            SchemaField(
                name: "ensembles",
                documentation: """
                    Names with lists of at least two arms (`six: [a, b, c]`): the class probabilities of their final networks \
                    are averaged, seed by seed. The arms need `evaluate.predictions`; a claim may name an ensemble as its arm.
                    """,
                schema: .named(
                    NamedSchema(
                        name: "ensemble", documentation: "Its arms, in the order in which they join.",
                        value: .list(.text, minimum: 1)))),
            SchemaField(
                name: "figures", documentation: "The figures that are drawn of the runs.",
                schema: .list(.variant(FigureKindCatalogue.all.map { RecordSchema($0) }), minimum: 0)),
            SchemaField(
                name: "claims", documentation: "The statements that the runs decide.",
                schema: .list(.record(RecordSchema(ClaimFields.self)), minimum: 0)),
        ])

    static let profiles = RecordSchema(
        name: "profiles", summary: "How much of the experiment is done.",
        fields: zip(
            Profile.names, ["In seconds: does it run?", "In minutes: what does it show?", "At the published length."]
        )
        .map { SchemaField(name: $0, documentation: $1, schema: .record(profile), isRequired: true) })

    static let profile = RecordSchema(
        name: "profile", summary: "How long each run is, and how many there are.",
        fields: [
            SchemaField(
                name: "steps", documentation: "Training steps of a run; with 0 it only measures.",
                schema: .integer(0...1_000_000_000),
                isRequired: true),
            SchemaField(
                name: "seeds", documentation: "One run of each arm for each.",
                schema: .list(.integer(0...Int.max), minimum: 1), isRequired: true),
            SchemaField(
                name: "set", documentation: "What this profile changes of the base; arms win over it.",
                schema: .partial(.record(RunConfiguration.schema))),
        ])

    static let arms = NamedSchema(
        name: "arm",
        documentation:
            "One variation of the base: an empty mapping is the base itself, `none` leaves out an extended arm.",
        value: .optional(.partial(.record(arm))))

    private static let arm = RecordSchema(
        name: "arm", summary: "One variation of the base, stating only its differences.",
        fields: armFields + RunConfiguration.schema.fields)

    /// The keys of an arm that no run configuration has.
    static let armFields = [
        SchemaField(name: "label", documentation: "The arm's name in figures; by default its own.", schema: .text),
        SchemaField(name: "description", documentation: "What the arm shows.", schema: .text),
    ]
}
