import Testing

import Vocabulary

@Suite struct GlobTests {
    @Test(arguments: [
        ("a", "a"), ("*", ""), ("*", "abc"), ("a*c", "abbc"), ("*/preactivation", "mixed1/3x3/conv/preactivation"),
        ("a*b*c", "a-b-b-c"), ("**", "x"), ("a*", "a"),
    ])
    func fits(_ pattern: String, _ name: String) {
        #expect(Glob(pattern).matches(name))
    }

    @Test(arguments: [
        ("a", "ab"), ("", "a"), ("a*c", "ab"), ("*/output", "output"), ("a*b*c", "a-c-b"), ("*a", "ab"), ("a.c", "abc"),
    ])
    func doesNotFit(_ pattern: String, _ name: String) {
        #expect(!Glob(pattern).matches(name))
    }
}
