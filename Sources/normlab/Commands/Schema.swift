import ArgumentParser
import Harness

/// `normlab schema`: the JSON Schema by which an editor completes and checks experiment files.
struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema of experiment files.",
        discussion: "Editors complete and check YAML with it: normlab schema > Experiments/schema.json")

    func run() throws {
        Terminal.say(SchemaWriter.jsonSchema())
    }
}
