import Testing

@testable import Declarations

@Suite struct DiagnosticTests {
    private func diagnostic(_ line: Int, _ message: String, file: String = "f") -> Diagnostic {
        Diagnostic(position: SourcePosition(file: file, line: line, column: 1), message: message)
    }

    @Test func theCaretStandsBelowTheCharacter() {
        let diagnostic = Diagnostic(
            position: SourcePosition(file: "f.yaml", line: 3, column: 5), message: "no", sourceLine: "\tü: word",
            length: 4,
            notes: ["see there"])
        expectText(diagnostic.description, "f.yaml:3:5: error: no\n    \tü: word\n    \t   ^~~~\n    note: see there")
    }

    @Test func theUnderlineEndsWithTheLine() {
        let diagnostic = Diagnostic(
            position: SourcePosition(file: "f", line: 1, column: 3), message: "no", sourceLine: "abcd", length: 99)
        #expect(diagnostic.description.hasSuffix("\n      ^~"))
        let behind = Diagnostic(
            position: SourcePosition(file: "f", line: 1, column: 9), message: "no", sourceLine: "ab", length: 2)
        #expect(behind.description.hasSuffix("^"))
    }

    @Test func mistakesAreInOrderAndOnce() {
        let errors = ConfigurationErrors([
            diagnostic(2, "b"), diagnostic(10, "a"), diagnostic(2, "a"), diagnostic(2, "b"),
            diagnostic(1, "z", file: "e"),
        ])
        #expect(
            errors.diagnostics.map(\.description) == [
                "e:1:1: error: z", "f:2:1: error: a", "f:2:1: error: b", "f:10:1: error: a",
            ])
        #expect(errors.description.hasSuffix("\n4 errors"))
        #expect(ConfigurationErrors([diagnostic(1, "a")]).description.hasSuffix("\n1 error"))
    }
}
