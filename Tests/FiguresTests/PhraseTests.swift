import Testing

@testable import Figures

@Suite struct PhraseTests {
    @Test func lists() {
        #expect(Phrase.list([]) == "")
        #expect(Phrase.list(["a"]) == "a")
        #expect(Phrase.list(["a", "b"]) == "a and b")
        #expect(Phrase.list(["a", "b", "c"]) == "a, b and c")
    }

    @Test func seeds() {
        #expect(Phrase.seeds([4]) == "seed 4")
        #expect(Phrase.seeds([3, 1, 2, 2]) == "seeds 1–3")
        #expect(Phrase.seeds([1, 2]) == "seeds 1 and 2")
        #expect(Phrase.seeds([1, 2, 5]) == "seeds 1, 2 and 5")
        #expect(Phrase.seeds([]) == "no seed")
    }

    @Test func numbers() {
        #expect(Phrase.grouped(999) == "999")
        #expect(Phrase.grouped(5000) == "5000")
        #expect(Phrase.grouped(50_000) == "50,000")
        #expect(Phrase.grouped(1_002_003) == "1,002,003")
        #expect(Phrase.fixed(97.25, decimals: 1) == "97.3")
        #expect(Phrase.fixed(-0.04, decimals: 1) == "0.0")
        #expect(Phrase.fixed(0.999, decimals: 2) == "1.00")
        #expect(Phrase.fixed(-12.5, decimals: 0) == "-13")
        #expect(Phrase.fixed(1.05, decimals: 3) == "1.050")
        #expect(Phrase.percent(0.9731) == "97.3 %")
        #expect(Phrase.percent(0.95, decimals: nil) == "95 %")
        #expect(Phrase.percent(0.955, decimals: nil) == "95.5 %")
        #expect(Phrase.percent(0.9725, decimals: nil) == "97.25 %")
    }

    @Test func syntheticDataIsSaidToBe() {
        #expect(Phrase.dataset("glyphs", isSynthetic: true) == "glyphs (synthetic images)")
        #expect(Phrase.dataset("fashion-mnist", isSynthetic: false) == "Fashion-MNIST")
    }

    @Test(arguments: [
        ("*/activation-input", "hidden3/activation-input", true), ("*/activation-input", "hidden3/activation", false),
        ("hidden*/scaled", "mixed/hidden1/scaled", false), ("*", "", true), ("a", "a", true), ("a", "ab", false),
        ("a*a", "a", false), ("a*a", "aa", true), ("*x*y*", "axbyc", true), ("*x*y", "yx", false), ("", "", true),
    ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(Glob(pattern).matches(name) == matches)
    }
}
