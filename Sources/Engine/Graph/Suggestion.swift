/// The nearest known word to a misspelt one.
enum Suggestion {
    /// The known word with the fewest edits, if they are at most a third of its length and one at least; the first in
    /// alphabetical order among equals.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        known.map { (edits: distance($0, word), word: $0) }
            .filter { $0.edits <= max(1, $0.word.count / 3) }
            .min { ($0.edits, $0.word) < ($1.edits, $1.word) }?.word
    }

    /// Levenshtein's distance: the least number of insertions, deletions and replacements.
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let substitution = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
