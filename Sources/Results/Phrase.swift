import Foundation

/// Words for lists, counts, durations and numbers in titles, tables and messages.
package enum Phrase {
    // MARK: Lists and counts

    /// `a, b and c`.
    package static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// `seed 4`, `seeds 1–3`, `seeds 1, 2 and 5`.
    package static func seeds(_ seeds: some Sequence<Int>) -> String {
        let sorted = Set(seeds).sorted()
        guard let first = sorted.first, let last = sorted.last else { return "no seed" }
        if sorted.count == 1 { return "seed \(first)" }
        if sorted.count > 2, last - first == sorted.count - 1 { return "seeds \(first)–\(last)" }
        return "seeds " + list(sorted.map(String.init))
    }

    /// `1 seed`, `3 seeds`.
    package static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// The text with spaces behind it, up to a width in characters.
    package static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The text without spaces at its end.
    static func trimmed(_ text: String) -> String {
        String(text.prefix(upTo: text.lastIndex { $0 != " " }.map(text.index(after:)) ?? text.startIndex))
    }

    /// A row of a table in Markdown; a bar in a cell would end it and is escaped.
    package static func markdownRow(_ cells: [String]) -> String {
        "| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |"
    }

    // MARK: Durations

    /// `1.5 s`, `12 s`, `3 min 05 s`, `2 h 10 min`.
    package static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e15 else { return "?" }
        func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
    }

    /// `04:12`, `1:04:12`; whole seconds, rounded up.
    package static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e7 else { return "?" }
        let whole = Int(seconds.rounded(.up))
        let clock = String(format: "%02d:%02d", whole / 60 % 60, whole % 60)
        return whole < 3600 ? clock : "\(whole / 3600):\(clock)"
    }

    // MARK: Numbers

    /// A number as short as it can be written, without a decimal point where it is whole: `0.5`, `3`, `nan`, `-inf`.
    package static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "nan" : value > 0 ? "inf" : "-inf" }
        // Through a whole number there is no −0.
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// A number with four significant digits; whole from 1000 on.
    package static func rounded(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return number(value) }
        return abs(value) >= 1000 && abs(value) < 1e9 ? String(format: "%.0f", value) : String(format: "%.4g", value)
    }

    /// A number in the few characters of a line of progress: three decimals below 10, otherwise one; with an exponent only
    /// where it is very small or large.
    package static func brief(_ value: Double) -> String {
        guard value.isFinite else { return number(value) }
        if abs(value) >= 1e5 || (value != 0 && abs(value) < 1e-4) { return String(format: "%.2e", value) }
        return String(format: abs(value) < 10 ? "%.3f" : "%.1f", value)
    }

    /// A whole number as tables write it: `5000`, and from five digits on in groups of three, `50,000`.
    package static func grouped(_ value: Int) -> String {
        if value.magnitude < 10_000 { return String(value) }
        var groups: [String] = []
        var rest = value.magnitude
        while rest >= 1000 {
            let group = String(rest % 1000)
            groups.append(String(repeating: "0", count: 3 - group.count) + group)
            rest /= 1000
        }
        groups.append(String(rest))
        return (value < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
    }

    /// A number with a fixed count of decimals, rounded half away from zero: `97.30`.
    package static func fixed(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, value.magnitude < 1e12 else { return "\(value)" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value.magnitude * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % Int(scale))
        return sign + String(scaled / Int(scale)) + "." + String(repeating: "0", count: decimals - fraction.count)
            + fraction
    }

    /// A number with the fewest digits: `0.5`, `3`.
    package static func plain(_ value: Double) -> String {
        Int(exactly: value).map(grouped) ?? "\(value)"
    }

    /// An accuracy from 0 to 1 in percent: `97.3 %`; without a count of decimals with as many as it needs, two at most.
    package static func percent(_ fraction: Double, decimals: Int? = 1) -> String {
        if let decimals { return fixed(100 * fraction, decimals: decimals) + " %" }
        let needed = (0...1).first { decimals in
            Double(fixed(100 * fraction, decimals: decimals)).map { abs($0 - 100 * fraction) < 1e-6 } ?? false
        }
        return fixed(100 * fraction, decimals: needed ?? 2) + " %"
    }

    /// A data set's name as papers write it.
    package static func dataset(_ name: String, isSynthetic: Bool) -> String {
        let known = ["mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "cifar-10": "CIFAR-10"]
        return (known[name] ?? name) + (isSynthetic ? " (synthetic images)" : "")
    }
}

extension Sequence where Element: Equatable {
    /// Each element once, in order of appearance. O(n · distinct elements).
    package var distinct: [Element] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
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
        ((lists.max { $0.count < $1.count } ?? []) + lists.joined()).distinct
    }
}
