import Testing

@testable import Declarations

@Suite struct YAMLWriterTests {
    private func read(_ text: String) throws -> ConfigurationNode {
        let diagnostics = DiagnosticCollector()
        let node = YAMLReader(text, file: "f", layer: .base, diagnostics: diagnostics).root()
        try diagnostics.throwIfAny()
        return try #require(node)
    }

    @Test func layout() throws {
        let text = """
            a: 1
            b: { c: x, d: [1, 2] }
            layers:
              - name: one
                dense: { units: 10 }
              - normalize

            """
        #expect(YAMLWriter().text(of: try read(text)) == text)
    }

    @Test func whatDoesNotFitOnALineIsOpened() throws {
        let written = YAMLWriter(width: 13).text(of: try read("a: { b: { c: 1 }, d: 2 }"))
        #expect(written == "a:\n  b: { c: 1 }\n  d: 2\n")
    }

    @Test(arguments: [
        "plain", "with space", "*/preactivation", "a: b", "#x", "-", "---", "", "\"q\"", "back\\slash", "line\nbreak",
        "tab\t", "ü €", "\u{1}", "{a}", "x#y", "?", "!t", "&a", "%", "@", "0.1", "{", "a,b",
    ])
    func everyTextReadsBack(_ text: String) throws {
        let node = ConfigurationNode.mapping([("k", .word(text)), ("l", ConfigurationNode(.sequence([.word(text)])))])
        let back = try read(YAMLWriter().text(of: node))
        #expect(back["k"]?.scalar == text)
        #expect(back["l"]?.elements?.first?.scalar == text)
    }
}
