import ArgumentParser
import Experiments
import Foundation

struct Schema: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the JSON Schema of experiment files.",
        discussion: """
            Editors complete and check YAML with it. Both files that the project keeps come from here:
            normlab schema > Experiments/schema.json
            normlab schema --reference > docs/configuration.md
            """)

    @Flag(name: .long, help: "Print the reference of all keys as Markdown instead.")
    var reference = false

    func run() throws {
        Terminal.print(reference ? ConfigurationDocuments.reference() : ConfigurationDocuments.jsonSchema())
    }
}
