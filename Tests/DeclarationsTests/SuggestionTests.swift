import Testing
import Vocabulary

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("rate", "raet", 1), ("a", "b", 1),
        ("momentm", "momentum", 1),
    ])
    func editDistance(_ first: String, _ second: String, _ distance: Int) {
        #expect(Suggestion.editDistance(first, second) == distance)
        #expect(Suggestion.editDistance(second, first) == distance)
    }

    @Test(arguments: [
        ("momentm", "momentum"), ("batch_order", "batch-order"), ("batchOrder", "batch-order"), ("Batch", "batch"),
        ("learning-rate", "rate"), ("order", "batch-order"), ("optimiser", "optimizer"),
    ])
    func nearest(_ word: String, _ expected: String) {
        let known = ["batch", "batch-order", "momentum", "optimizer", "rate", "decay"]
        #expect(Suggestion.nearest(to: word, among: known) == expected)
    }

    @Test(arguments: ["zzz", "x", "", "temperature"])
    func nothingIsNear(_ word: String) {
        #expect(Suggestion.nearest(to: word, among: ["batch", "rate", "of"]) == nil)
    }

    @Test func unknownWordsListWhatIsKnown() {
        #expect(Suggestion.phrase(for: "zzz", among: ["a", "bb"], called: "keys") == "; the keys are 'a', 'bb'")
        #expect(Suggestion.phrase(for: "zzz", among: [], called: "keys") == "; there are no keys")
    }
}
