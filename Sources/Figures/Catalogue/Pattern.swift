/// A name with wildcards: `*` matches any run of characters, slashes included.
struct Pattern: Sendable {
    private let parts: [Substring]

    /// The pattern that the text spells.
    init(_ text: String) {
        parts = text.split(separator: "*", omittingEmptySubsequences: false)
    }

    /// Whether the pattern matches the whole name.
    func matches(_ name: String) -> Bool {
        guard let first = parts.first, let last = parts.last else { return name.isEmpty }
        if parts.count == 1 { return name == first }
        guard name.hasPrefix(first) else { return false }
        var rest = name.dropFirst(first.count)
        for part in parts.dropFirst().dropLast() {
            guard let match = rest.firstRange(of: part) else { return false }
            rest = rest[match.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
