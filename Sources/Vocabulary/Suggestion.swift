/// "Did you mean": the known word nearest to an unknown one.
public enum Suggestion {
    /// The candidate with the smallest edit distance to the word, if it is near enough to be what was meant.
    ///
    /// Near enough is a third of the longer word's length, at least one edit, or a whole word left out or added at either
    /// end (`rate` for `learning-rate`). Of equals, the first.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let folded = fold(word)
        if let same = candidates.first(where: { fold($0) == folded }) { return same }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(folded, fold(candidate))
            let limit = max(1, max(word.count, candidate.count) / 3)
            if distance <= limit, distance < (best?.distance ?? .max), distance < candidate.count {
                best = (candidate, distance)
            }
        }
        if let best { return best.candidate }
        let parts = folded.split(separator: "-")
        if parts.isEmpty { return nil }
        return candidates.first { candidate in
            let others = fold(candidate).split(separator: "-")
            return parts.starts(with: others) || others.starts(with: parts)
                || parts.reversed().starts(with: others.reversed()) || others.reversed().starts(with: parts.reversed())
        }
    }

    /// `; did you mean 'x'?`, or the list of what is known where nothing is near.
    public static func phrase(for word: String, among candidates: [String], called plural: String) -> String {
        if let nearest = nearest(to: word, among: candidates) { return "; did you mean '\(nearest)'?" }
        if candidates.isEmpty { return "; there are no \(plural)" }
        let shown = candidates.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        return "; the \(plural) are \(shown)\(candidates.count > 12 ? ", …" : "")"
    }

    /// Spelling habits are not differences: `batchSize`, `batch_size` and `BATCH-SIZE` are `batch-size`.
    private static func fold(_ word: String) -> String {
        var folded = ""
        var previousIsLower = false
        for character in word {
            if character == "_" || character == " " || character == "-" {
                folded.append("-")
                previousIsLower = false
            } else {
                if character.isUppercase, previousIsLower { folded.append("-") }
                folded += character.lowercased()
                previousIsLower = character.isLowercase
            }
        }
        return folded
    }

    /// The optimal string alignment distance: insertions, deletions, substitutions, swaps. O(first · second).
    public static func editDistance(_ first: String, _ second: String) -> Int {
        let first = Array(first)
        let second = Array(second)
        guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
        var beforePrevious = [Int](repeating: 0, count: second.count + 1)
        var previous = Array(0...second.count)
        for row in 1...first.count {
            var current = [row] + [Int](repeating: 0, count: second.count)
            for column in 1...second.count {
                let substitution = previous[column - 1] + (first[row - 1] == second[column - 1] ? 0 : 1)
                current[column] = min(substitution, previous[column] + 1, current[column - 1] + 1)
                if row > 1, column > 1, first[row - 1] == second[column - 2], first[row - 2] == second[column - 1] {
                    current[column] = min(current[column], beforePrevious[column - 2] + 1)
                }
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[second.count]
    }
}
