import Datasets
import Engine
import Claims
import Figures
import Testing

@testable import Declarations
@testable import Experiments
@testable import Running
import Vocabulary

/// Whatever can be configured is written and read back: every kind of every catalogue.
@Suite struct ConfigurableWriterTests {
    private static let kinds: [any Configurable.Type] =
        LayerCatalogue.all + InitializerCatalogue.all + OptimizerCatalogue.all + RatePolicyCatalogue.all
        + InputNormalizations.all + FigureCatalogue.all + MeasureCatalogue.all
        + [EvaluationDeclaration.self, ObservationDeclaration.self, Augmentation.self]

    /// A value of a type that is not its field's default, so that a field that is not read shows.
    private func sample(_ type: FieldType) -> FieldValue {
        switch type {
        case .integer(let range): .integer(min(range.upperBound, range.lowerBound + 3))
        case .number(let range): .number(min(range.upperBound, max(range.lowerBound, 0) + 0.37))
        case .boolean: .boolean(false)
        case .word(let words): .word(words[words.count - 1])
        case .text: .word("2015: a 'text', # with \"signs\"")
        case .variant(let kinds): .variant(sample(kinds[kinds.count - 1]))
        case .record(let type): .variant(sample(type))
        case .optional(let inner): sample(inner)
        case .list(let element, let minimum): .list([FieldValue](repeating: sample(element), count: minimum + 1))
        case .phrase(let type): .word(type.init(phrase: "last") == nil ? "0.5" : "last")
        case .named, .partial, .tree: FieldValue.none
        }
    }

    private func sample(_ type: any Configurable.Type) -> any Configurable {
        func fill<Value: Configurable>(_ type: Value.Type) -> any Configurable {
            var value = Value()
            for field in Value.fields { field.set(&value, sample(field.type)) }
            return value
        }
        return fill(type)
    }

    @Test(arguments: kinds.indices)
    func readsBack(_ index: Int) throws {
        let kind = Self.kinds[index]
        let value = sample(kind)
        let text = YAMLWriter().text(of: .mapping([("value", ConfigurationNode(variant: value))]))
        let diagnostics = DiagnosticCollector()
        let root = try #require(YAMLReader(text, file: "f", layer: .base, diagnostics: diagnostics).root())
        let node = try #require(root["value"])
        let type = FieldType.variant([kind])
        let resolved = try #require(Resolver(diagnostics).resolve(node, type, path: "value"))
        Resolver(diagnostics).checkCompleteness(of: resolved, type, path: "value")
        try diagnostics.throwIfAny()
        #expect(resolved.value(as: type) == .variant(value), "\(text)")
    }

    @Test(arguments: kinds.indices)
    func fieldsAreDistinctAndWordsAreLowerCase(_ index: Int) {
        let kind = Self.kinds[index]
        let names = kind.anyFields.map(\.name)
        #expect(Set(names).count == names.count)
        for word in names + [kind.kind] {
            #expect(Resolver.isName(word), "\(word)")
        }
        #expect(!kind.summary.isEmpty)
    }
}
