import Testing
import Vocabulary

@testable import Results

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

    @Test func countsAndDurations() {
        #expect(Phrase.count(1, "run") == "1 run" && Phrase.count(2, "run") == "2 runs")
        #expect(Phrase.padded("ab", to: 4) == "ab  " && Phrase.padded("abc", to: 2) == "abc")
        #expect(Phrase.duration(1.49) == "1.5 s" && Phrase.duration(12.3) == "12 s")
        #expect(Phrase.duration(185) == "3 min 05 s" && Phrase.duration(7800) == "2 h 10 min")
        #expect(Phrase.duration(.infinity) == "?")
    }

    @Test func shortNumbers() {
        #expect([0.5, 3, -0.0, .nan, -.infinity].map(Phrase.number) == ["0.5", "3", "0", "nan", "-inf"])
        #expect([0.123456, 12345.6, 0, 1e12].map(Phrase.rounded) == ["0.1235", "12346", "0", "1e+12"])
    }

    @Test(arguments: [
        (0.0, "0.000"), (0.08342, "0.083"), (12.34, "12.3"), (1e6, "1.00e+06"), (1e-7, "1.00e-07"), (.nan, "nan"),
        (.infinity, "inf"),
    ])
    func briefNumbers(value: Double, text: String) { #expect(Phrase.brief(value) == text) }

    @Test(arguments: [(0.0, "00:00"), (59.2, "01:00"), (3599, "59:59"), (3600, "1:00:00"), (.infinity, "?")])
    func clocks(seconds: Double, text: String) { #expect(Phrase.clock(seconds) == text) }

    @Test func wordsOfATableAreBrokenOnlyWhereTheyMust() {
        #expect(WrappedTable.wrap("one two three", to: 7) == ["one two", "three"])
        #expect(WrappedTable.wrap("abcdefghij kl", to: 4) == ["abcd", "efgh", "ij", "kl"])
        #expect(WrappedTable.wrap("a\n\nb", to: 4) == ["a", "", "b"])
    }
}
