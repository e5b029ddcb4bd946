import Datasets
import Engine
import Vocabulary

/// Writes the reference of experiment and model files from the declarations that the reader uses.
public enum ReferenceWriter {
    /// The reference in Markdown: every key, what it accepts, its default, and what it means. Without a final
    /// newline.
    public static func markdown() -> String {
        let sections = [
            introduction,
            section("An experiment file", ExperimentSchema.file, level: 2),
            section("A profile: `smoke`, `quick`, `paper`", ExperimentSchema.profile, level: 3),
            section("`base`, the `set` of a profile, and an arm", RunConfiguration.schema, level: 3),
            "An arm has these keys besides:\n\n" + table(ExperimentSchema.armFields),
            section("`augmentation`", RecordSchema(Augmentation.self), level: 3),
            section("`augmentation.geometric`", RecordSchema(GeometricAugmentation.self), level: 4),
            section("`augmentation.photometric`", RecordSchema(PhotometricAugmentation.self), level: 4),
            section("`evaluate`", RecordSchema(EvaluationDeclaration.self), level: 3),
            section("`observe`", RecordSchema(ObservationDeclaration.self), level: 3),
            kinds("Initializers", "initializer", InitializerCatalogue.all),
            kinds("Inputs", "input", InputNormalizations.all),
            kinds("Losses", "loss", LossCatalogue.all),
            kinds("Optimizers", "optimizer", OptimizerCatalogue.all),
            kinds("Rate policies", "rate-policy", RatePolicyCatalogue.all),
            kinds("Procedures", "procedures", ProcedureCatalogue.all),
            kinds("Figures", "figures", FigureKindCatalogue.all),
            section("A claim", RecordSchema(ClaimFields.self), level: 2),
            kinds("Measures", "measure", ClaimMeasureCatalogue.all),
            section("A model file", ModelReader.fileSchema, level: 2),
            models,
            "A layer has these keys besides its kind:\n\n"
                + table(ModelReader.layerFields + [ModelReader.branchesField]),
            kinds("Layers", "layers", LayerCatalogue.all),
        ]
        return sections.joined(separator: "\n\n")
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

    private static let models =
        "Besides layers, a model lists slots, which are words alone:\n\n"
        + Slot.allCases.map { "- `\($0.rawValue)`: \($0.summary)" }.joined(separator: "\n")

    private static func section(_ title: String, _ record: RecordSchema, level: Int) -> String {
        "\(String(repeating: "#", count: level)) \(title)\n\n\(record.summary)\n\n\(table(record.fields))"
    }

    private static func kinds(_ title: String, _ key: String, _ types: [any Configurable.Type]) -> String {
        let entries = types.map { type in
            let record = RecordSchema(type)
            let heading = "**`\(record.name)`** – \(record.summary)"
            let parts =
                [heading] + (record.fields.isEmpty ? [] : [table(record.fields)]) + lists(in: record)
                + ((type as? any Procedure.Type).map { [quantities($0)] } ?? [])
            return parts.joined(separator: "\n\n")
        }
        return "### \(title) (`\(key)`)\n\n" + entries.joined(separator: "\n\n")
    }

    /// What a procedure writes.
    private static func quantities(_ type: any Procedure.Type) -> String {
        "It measures:\n\n"
            + type.quantities.map { "- `\($0.name)`: \($0.meaning)." }.joined(separator: "\n")
    }

    /// What stands in the lists of mappings among a record's fields, and in those of these.
    private static func lists(in record: RecordSchema) -> [String] {
        record.fields.flatMap { field -> [String] in
            guard case .list(.record(let element), _) = field.schema else { return [] }
            return ["Each of `\(field.name)`: \(element.summary)", table(element.fields)] + lists(in: element)
        }
    }

    private static func table(_ fields: [SchemaField]) -> String {
        let rows = fields.map { field in
            let standard =
                field.isRequired ? "required" : field.standard.map { "`\(YAMLWriter.inline($0))`" } ?? "–"
            return
                "| `\(field.name)` | \(cell(accepted(field.schema))) | \(cell(standard)) | \(cell(field.documentation)) |"
        }
        return "| key | accepts | default | meaning |\n|---|---|---|---|\n" + rows.joined(separator: "\n")
    }

    /// What is accepted; of a list, what its values are.
    private static func accepted(_ schema: Schema) -> String {
        guard case .list(let element, _) = schema else { return schema.expectation }
        return "a list, each \(element.expectation)"
    }

    /// A text in a table: a vertical bar would end its cell, and an asterisk outside of code begins emphasis.
    private static func cell(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
