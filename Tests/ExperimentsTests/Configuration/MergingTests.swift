import Testing
import Vocabulary

@testable import Declarations
@testable import Experiments
@testable import Running

@Suite struct MergingTests {
    private func merged(_ base: String, _ top: String) throws -> String {
        let diagnostics = DiagnosticCollector()
        let type = FieldType.record(RunConfiguration.self)
        let nodes = [base, top].compactMap { text in
            YAMLReader(text, file: "f", layer: .base, diagnostics: diagnostics).root().flatMap {
                Resolver(diagnostics).resolve($0, type, path: "")
            }
        }
        try diagnostics.throwIfAny()
        return YAMLWriter().text(of: nodes[0].merging(nodes[1], as: type))
    }

    @Test(arguments: [
        (
            "mappings merge", "evaluate: { every: 5, examples: 7 }", "evaluate: { every: 6 }",
            "evaluate: { every: 6, examples: 7 }"
        ),
        ("scalars replace", "batch: 1", "batch: 2", "batch: 2"),
        ("lists replace", "observe: { taps: [a, b] }", "observe: { taps: [c] }", "observe: { taps: [c] }"),
        (
            "a kind merges with its own", "optimizer: { sgd: { rate: 1, decay: 2 } }",
            "optimizer: { sgd: { rate: 3 } }",
            "optimizer: { sgd: { rate: 3, decay: 2 } }"
        ),
        (
            "a word is a kind without fields", "normalization: { batch-norm: { epsilon: 1 } }",
            "normalization: batch-norm",
            "normalization: { batch-norm: { epsilon: 1 } }"
        ),
        (
            "another kind replaces", "initializer: { gaussian: { deviation: 1 } }", "initializer: { constant: 0 }",
            "initializer: { constant: { value: 0 } }"
        ),
        ("none replaces", "normalization: batch-norm", "normalization: none", "normalization: none"),
        ("none is replaced", "normalization: none", "normalization: batch-norm", "normalization: { batch-norm: {} }"),
        ("models replace", "model: a", "model: [relu]", "model: [relu]"),
        ("new keys follow", "batch: 1", "model: a", "batch: 1\nmodel: a"),
    ])
    func merging(_ rule: String, _ base: String, _ top: String, _ expected: String) throws {
        #expect(try merged(base, top) == expected + "\n", "\(rule)")
    }
}
