import Testing

/// Compares texts and prints the one that is there, so that a golden text can be mended by hand.
func expectText(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(text == expected, "it is:\n\(text)\n", sourceLocation: sourceLocation)
}
