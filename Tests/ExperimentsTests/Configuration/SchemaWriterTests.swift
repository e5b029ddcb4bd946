import Datasets
import Engine
import Foundation
import Claims
import Figures
import Testing

@testable import Declarations
@testable import Experiments
@testable import Running
import Vocabulary

@Suite struct SchemaWriterTests {
    private func schema() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(ConfigurationDocuments.jsonSchema().utf8))
        return try #require(object as? [String: Any])
    }

    /// Every key of every `properties` object.
    private func propertyNames(_ value: Any) -> Set<String> {
        if let object = value as? [String: Any] {
            var names = (object["properties"] as? [String: Any]).map { Set($0.keys) } ?? []
            for inner in object.values { names.formUnion(propertyNames(inner)) }
            return names
        }
        return (value as? [Any])?.reduce(into: Set()) { $0.formUnion(propertyNames($1)) } ?? []
    }

    @Test func everyKeyIsNamed() throws {
        let names = propertyNames(try schema())
        let records: [any Configurable.Type] = [
            ExperimentFile.self, RunConfiguration.self, ModelFile.self, ProfilesFields.self, ProfileFields.self,
            ArmFields.self, LayerItem.self,
        ]
        for field in records.flatMap({ $0.anyFields }) { #expect(names.contains(field.name)) }
        let kinds: [[any Configurable.Type]] = [
            LayerCatalogue.all, InitializerCatalogue.all, OptimizerCatalogue.all, RatePolicyCatalogue.all,
            InputNormalizations.all, FigureCatalogue.all, MeasureCatalogue.all,
        ]
        for kind in kinds.joined() {
            #expect(names.contains(kind.kind))
            for field in kind.anyFields { #expect(names.contains(field.name)) }
        }
    }

    @Test func everyReferenceHasADefinition() throws {
        let definitions = try #require(schema()["definitions"] as? [String: Any])
        let text = ConfigurationDocuments.jsonSchema()
        let references = text.matches(of: /"#\/definitions\/([^"]+)"/).map { String($0.1) }
        #expect(!references.isEmpty)
        for reference in references { #expect(definitions[reference] != nil, "\(reference)") }
    }

    /// Editors read `true` and `1` as what they look like.
    @Test func wordsThatLookLikeOtherValuesAreThoseToo() {
        let text = ConfigurationDocuments.jsonSchema()
        #expect(text.contains(#""enum": ["auto", "true", true, "false", false]"#))
        #expect(text.contains(#""enum": ["1", 1, "2", 2, "infinity"]"#))
    }

    @Test func everyKeyIsDocumented() throws {
        let records: [any Configurable.Type] = [ExperimentFile.self, RunConfiguration.self, ModelFile.self]
        for field in (records + LayerCatalogue.all).flatMap({ $0.anyFields }) {
            #expect(field.documentation.last == "." || field.documentation.last == ")", "\(field.name)")
        }
    }

    @Test func theCommittedSchemaIsCurrent() throws {
        let url = Repository.library.root.appending(path: "Experiments/schema.json")
        #expect(
            try String(contentsOf: url, encoding: .utf8) == ConfigurationDocuments.jsonSchema() + "\n",
            "write it again: normlab schema > Experiments/schema.json")
    }

    @Test func jsonIsEscaped() throws {
        let text = JSON.object([
            ("a\"", .array([.string("\\\n\t\u{1}ü"), .number("1"), .boolean(true), .object([])]))
        ])
        let object = try JSONSerialization.jsonObject(with: Data(text.text().utf8)) as? [String: [Any]]
        #expect(object?["a\""]?.first as? String == "\\\n\t\u{1}ü")
    }
}
