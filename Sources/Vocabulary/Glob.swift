/// A pattern of names in which `*` stands for any run of characters.
public struct Glob: Sendable {
    private let pattern: [Character]

    public init(_ pattern: String) { self.pattern = Array(pattern) }

    /// Whether a name fits from end to end. O(pattern · name).
    public func matches(_ name: String) -> Bool {
        let name = Array(name)
        var position = 0
        var place = 0
        // Where to continue when a later part does not fit: the last star takes one character more.
        var star: (place: Int, position: Int)?
        while position < name.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == name[position] {
                place += 1
                position += 1
            } else if let last = star {
                place = last.place + 1
                position = last.position + 1
                star = (last.place, position)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}

/// How names choose arms, wherever arms are named.
public enum ArmName {
    /// Whether a pattern stands for an arm: its name, the name of the arm that a sweep varied, or a text with `*`.
    public static func fits(_ pattern: String, arm name: String, group: String) -> Bool {
        pattern == name || pattern == group || Glob(pattern).matches(name)
    }
}
