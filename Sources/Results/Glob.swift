/// A pattern of names in which `*` stands for any run of characters.
package struct Glob: Sendable {
    private let pattern: [Character]

    package init(_ pattern: String) { self.pattern = Array(pattern) }

    /// Whether the pattern stands for more than its own text.
    package var isPattern: Bool { pattern.contains("*") }

    /// Whether a name fits from end to end. O(pattern · name).
    package func matches(_ name: String) -> Bool {
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

/// What the places of a network, as taps, layers and parameters, are called where several stand together.
package enum PlaceNames {
    /// What the empty place is called.
    package static let wholeNetwork = "the whole network"

    /// `hidden3` of `hidden3/activation-input`, where the last component is the same for all; otherwise the whole addresses.
    package static func short(_ places: [String]) -> [String] {
        let suffix = commonSuffix(places)
        return places.map { place in
            if place.isEmpty { return wholeNetwork }
            return suffix.isEmpty ? place : String(place.dropLast(suffix.count + 1))
        }
    }

    /// The last component of all addresses, where it is one and the same; otherwise empty.
    package static func commonSuffix(_ places: [String]) -> String {
        let suffixes = Set(places.map { $0.split(separator: "/").last.map(String.init) ?? "" })
        guard let suffix = suffixes.first, suffixes.count == 1, places.allSatisfy({ $0.contains("/") }) else {
            return ""
        }
        return suffix
    }

    /// At most so many of the places, the first and the last among them, at even distances.
    package static func evenly(_ places: [String], most: Int) -> [String] {
        precondition(most >= 2, "the first and the last are two")
        guard places.count > most else { return places }
        let last = most - 1
        return (0...last).map { places[($0 * (places.count - 1) + last / 2) / last] }
    }

    /// `hidden1, hidden2 and hidden3`; of many `12 places from hidden1 to hidden12`.
    package static func phrase(_ places: [String]) -> String {
        let names = short(places)
        guard let first = names.first, let last = names.last, names.count > 6 else { return Phrase.list(names) }
        return "\(names.count) places from \(first) to \(last)"
    }

    /// The places of several lists, each once. The longest list gives the order; what only others have follows.
    package static func union(_ lists: [[String]]) -> [String] {
        var union = lists.max { $0.count < $1.count } ?? []
        for place in lists.joined() where !union.contains(place) { union.append(place) }
        return union
    }
}
