import Foundation
import Testing

/// The files that the program itself writes for people and editors are the ones in the repository.
@Suite struct SchemaCommandTests {
    @Test(arguments: [([], "Experiments/schema.json"), (["--reference"], "docs/configuration.md")])
    func theFileOfTheRepositoryIsUpToDate(options: [String], path: String) throws {
        let outcome = try Program(folder: Program.repository).run(["schema"] + options)
        #expect(outcome.code == 0)
        let kept = try String(contentsOf: Program.repository.appending(path: path), encoding: .utf8)
        #expect(outcome.output == kept, "\(path) is out of date: run `make schema`")
    }

    @Test func theSchemaIsJSON() throws {
        let outcome = try Program(folder: Program.repository).run("schema")
        let value = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        #expect((value as? [String: Any])?["$schema"] is String)
    }
}
