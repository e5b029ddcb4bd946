import Claims
import Datasets
import Declarations
import Engine
import Figures
import Running
import Vocabulary

/// What the program writes about experiment and model files for people and editors, from the reader's declarations.
public enum ConfigurationDocuments {
    /// The JSON Schema (draft 7), for a first line `# yaml-language-server: $schema=schema.json`; no final newline.
    public static func jsonSchema() -> String {
        var writer = SchemaWriter(
            definitions: [RunConfiguration.kind: "configuration"],
            trees: [
                ModelReader.layersTree.name: SchemaWriter.reference("layers"),
                ModelReader.modelTree.name: [
                    "anyOf": [
                        ["type": "string"], SchemaWriter.reference("layers"), SchemaWriter.reference("written-model"),
                    ]
                ],
            ])
        let definitions = [
            ("experiment", experiment(&writer)),
            ("configuration", writer.record(RunConfiguration.self, isPartial: true)),
            ("model", writer.record(ModelFile.self, isPartial: false)),
            ("written-model", writer.record(WrittenModel.self, isPartial: false)),
            ("layers", layers(&writer)),
        ]
        let schema: JSON = [
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "NormLab experiments and models",
            "$comment": "Written by `normlab schema`.",
            "if": ["required": ["layers"]],
            "then": SchemaWriter.reference("model"),
            "else": SchemaWriter.reference("experiment"),
            "definitions": .object(definitions + writer.sharedDefinitions),
        ]
        return schema.text()
    }

    private static func experiment(_ writer: inout SchemaWriter) -> JSON {
        let required = ExperimentFile.fields.filter(\.isRequired).map { JSON.string($0.name) }
        return [
            "type": "object", "description": .string(ExperimentFile.summary),
            "properties": writer.properties(ExperimentFile.self, isPartial: false), "additionalProperties": false,
            "anyOf": [["required": ["extends"]], ["required": .array(required)]],
        ]
    }

    private static func layers(_ writer: inout SchemaWriter) -> JSON {
        let kinds = LayerCatalogue.all
        let words =
            Slot.allCases.map(\.rawValue)
            + kinds.filter { kind in !kind.anyFields.contains(where: \.isRequired) }.map { $0.kind }
        guard case .object(let fields) = writer.properties(LayerItem.self, isPartial: false) else { return .null }
        let item: JSON = [
            "type": "object",
            "properties": .object(fields + kinds.map { ($0.kind, writer.kind($0, isPartial: false)) }),
            "additionalProperties": false,
        ]
        let slots = Slot.allCases.map { "\($0.rawValue): \($0.summary)" }.joined(separator: " ")
        return [
            "type": "array", "minItems": .number("0"), "description": .string(slots),
            "items": ["anyOf": [["enum": .array(words.map { .string($0) })], item]],
        ]
    }

    // MARK: The reference

    /// The reference in Markdown: every key, what it accepts, its default, and what it means. Without a final newline.
    public static func reference() -> String {
        let sections = [
            introduction,
            ReferenceWriter.section("An experiment file", ExperimentFile.self, level: 2),
            ReferenceWriter.section("A profile: `smoke`, `quick`, `paper`", ProfileFields.self, level: 3),
            ReferenceWriter.section("`base`, the `set` of a profile, and an arm", RunConfiguration.self, level: 3),
            "An arm has these keys besides:\n\n"
                + ReferenceWriter.table(ArmFields.self, only: ArmFields.own.map(\.name)),
            ReferenceWriter.section("`augmentation`", Augmentation.self, level: 3),
            ReferenceWriter.section("`augmentation.geometric`", GeometricAugmentation.self, level: 4),
            ReferenceWriter.section("`augmentation.photometric`", PhotometricAugmentation.self, level: 4),
            ReferenceWriter.section("`evaluate`", EvaluationDeclaration.self, level: 3),
            ReferenceWriter.section("`observe`", ObservationDeclaration.self, level: 3),
            ReferenceWriter.kinds("Initializers", "initializer", InitializerCatalogue.all),
            ReferenceWriter.kinds("Inputs", "input", InputNormalizations.all),
            ReferenceWriter.kinds("Losses", "loss", LossCatalogue.all),
            ReferenceWriter.kinds("Optimizers", "optimizer", OptimizerCatalogue.all),
            ReferenceWriter.kinds("Rate policies", "rate-policy", RatePolicyCatalogue.all),
            ReferenceWriter.kinds("Procedures", "procedures", ProcedureCatalogue.all, more: quantities),
            ReferenceWriter.kinds("Figures", "figures", FigureCatalogue.all),
            ReferenceWriter.section("A claim", Claim.self, level: 2),
            ReferenceWriter.kinds("Measures", "measure", MeasureCatalogue.all),
            ReferenceWriter.section("A model file", ModelFile.self, level: 2),
            "Besides layers, a model lists slots, which are words alone:\n\n"
                + Slot.allCases.map { "- `\($0.rawValue)`: \($0.summary)" }.joined(separator: "\n"),
            "A layer has these keys besides its kind:\n\n" + ReferenceWriter.table(LayerItem.self),
            ReferenceWriter.kinds("Layers", "layers", LayerCatalogue.all),
        ]
        return sections.joined(separator: "\n\n")
    }

    private static func quantities(_ type: any Configurable.Type) -> String? {
        (type as? any Procedure.Type).map { procedure in
            "It measures:\n\n"
                + procedure.quantities.map { "- `\($0.name)`: \($0.meaning)." }.joined(separator: "\n")
        }
    }

    private static let introduction = """
        # Configuration reference

        Written by `normlab schema --reference` from the declarations that the reader itself uses.

        An experiment is a file in `Experiments/`, a model one in `Experiments/Models/`. Reading is strict: every unknown key,
        wrong type, impossible shape and unknown name is reported before anything trains, all of them at once.

        - **Later wins**: `extends`, then `base`, the profile's `set`, the arm, the `sweep`, and `--set` on the command line.
        - **Mappings merge, lists replace.** A kind replaces another kind and merges with its own.
        - **A kind** is a word alone (`batch-norm`), or a mapping with one key (`{ batch-norm: { epsilon: 0.001 } }`). One with \
        a single field takes its value directly (`{ constant: 0 }`).
        - **`--set path=value`** changes a setting by its path, as `normlab show NAME --origin` lists it \
        (`optimizer.sgd.rate=0.2`), in every arm that has it; `arms.NAME.path=value` in one arm; `profiles.NAME.steps=100` in \
        a profile.
        - Numbers are decimal (`0.1`, `1e-4`, `60`); truth is `true` or `false`; what is absent is `none`. Anchors, tags and \
        merge keys are not read.
        """
}
