import Testing

@testable import Declarations

@Suite struct YAMLReaderTests {
    private func read(_ text: String) -> (node: ConfigurationNode?, messages: [String]) {
        let diagnostics = DiagnosticCollector()
        let node = YAMLReader(text, file: "f.yaml", layer: .base, diagnostics: diagnostics).root()
        return (node, diagnostics.diagnostics.map(\.description))
    }

    @Test func nodesKnowTheirPlaces() throws {
        let node = try #require(read("a: 1\nb:\n  ü: [x, 'y z']\n").node)
        #expect(node["a"]?.position == SourcePosition(file: "f.yaml", line: 1, column: 4))
        #expect(node.entries?[1].position.line == 2)
        let list = try #require(node[path: ["b", "ü"]]?.elements)
        #expect(list.map(\.position.column) == [7, 10])
        #expect(list.map(\.length) == [1, 5])
        #expect(list[0].plain == "x")
        #expect(list[1].plain == nil)
        #expect(list[1].scalar == "y z")
    }

    @Test func scalarsStayText() throws {
        let node = try #require(read("a: off\nb: 010\nc: 1_000\nd:\ne: 2001-01-01\n").node)
        #expect(node.entries?.map(\.value.plain) == ["off", "010", "1_000", "", "2001-01-01"])
        #expect(node["d"]?.isEmpty == true)
    }

    @Test func everyDuplicateIsReportedAtItsOwnPlace() {
        let result = read("a: 1\nb: { c: 1, c: 2 }\na: 3\n\"a\": 4\n")
        #expect(
            result.messages == [
                """
                f.yaml:2:12: error: duplicate key 'c'
                    b: { c: 1, c: 2 }
                               ^
                    note: the first is at f.yaml:2:6
                """,
                """
                f.yaml:3:1: error: duplicate key 'a'
                    a: 3
                    ^
                    note: the first is at f.yaml:1:1
                """,
                """
                f.yaml:4:1: error: duplicate key 'a'
                    "a": 4
                    ^~~
                    note: the first is at f.yaml:1:1
                """,
            ])
        #expect(result.node?["a"]?.plain == "1")
    }

    @Test(arguments: [
        ("a: &x 1", "anchors are not read; state the value where it is used, or use an arm"),
        ("a: !!int 1", "tags are not read; the type follows from the key"),
        ("<<: { a: 1 }", "merge keys ('<<') are not read; use 'extends' or an arm, which state only what differs"),
        ("? [a]\n: 1", "a key must be a word, found a list"),
        ("a: *x", "aliases are not read; a pattern that begins with '*' needs quotes"),
        ("a: */x", "needs quotes"),
        ("a: b: c", "not YAML: mapping values are not allowed in this context; a text that contains ': ' needs quotes"),
        ("a:\n\tb: 1", "not YAML: found character that cannot start any token; indent with spaces, not tabs"),
        ("a: @b", "not YAML: found character that cannot start any token; a text that begins with '@' needs quotes"),
        ("a: 1\n---\nb: 2", "a file holds one document; remove the '---'"),
        ("", "the file is empty"),
        ("# only a comment\n", "the file is empty"),
        ("a: [1, 2", "not YAML: did not find expected ',' or ']'"),
    ])
    func refused(_ text: String, _ expected: String) {
        let messages = read(text).messages
        #expect(messages.count == 1)
        #expect(messages.first?.contains(expected) == true, "\(messages)")
    }

    @Test func anAliasIsReportedWithItsAnchor() {
        #expect(read("a: &x { b: 1 }\nc: *x\n").messages.contains { $0.hasPrefix("f.yaml:1:4: error: anchors") })
    }

    @Test func windowsLineEndsAreLineEnds() throws {
        let result = read("a: 1\r\nb: 2\r\na: 3\r\n")
        #expect(result.messages.first?.hasPrefix("f.yaml:3:1: error: duplicate key 'a'\n    a: 3\n") == true)
    }
}
