import Testing

@testable import Harness

struct WrappedTableTests {
    @Test func wordsAreBrokenOnlyWhereTheyMust() {
        #expect(WrappedTable.wrap("one two three", to: 7) == ["one two", "three"])
        #expect(WrappedTable.wrap("abcdefghij kl", to: 4) == ["abcd", "efgh", "ij", "kl"])
        #expect(WrappedTable.wrap("a\n\nb", to: 4) == ["a", "", "b"])
    }
}
