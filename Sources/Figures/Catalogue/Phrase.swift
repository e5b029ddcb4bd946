/// Words for lists and numbers in titles, footnotes and messages.
enum Phrase {
    /// `a, b and c`.
    static func list(_ items: [String]) -> String {
        guard let last = items.last, items.count > 1 else { return items.first ?? "" }
        return items.dropLast().joined(separator: ", ") + " and " + last
    }

    /// `seed 4`, `seeds 1–3`, `seeds 1, 2 and 5`.
    static func seeds(_ seeds: some Sequence<Int>) -> String {
        let sorted = Set(seeds).sorted()
        guard let first = sorted.first, let last = sorted.last else { return "no seed" }
        if sorted.count == 1 { return "seed \(first)" }
        if sorted.count > 2, last - first == sorted.count - 1 { return "seeds \(first)–\(last)" }
        return "seeds " + list(sorted.map(String.init))
    }

    /// `1 seed`, `3 seeds`.
    static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// A whole number as tables write it: `5000`, and from five digits on in groups of three, `50,000`.
    static func grouped(_ value: Int) -> String {
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
    static func fixed(_ value: Double, decimals: Int) -> String {
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
    static func plain(_ value: Double) -> String {
        Int(exactly: value).map(grouped) ?? "\(value)"
    }

    /// An accuracy from 0 to 1 in percent: `97.3 %`; without a count of decimals with as many as it needs, two at most.
    static func percent(_ fraction: Double, decimals: Int? = 1) -> String {
        if let decimals { return fixed(100 * fraction, decimals: decimals) + " %" }
        let needed = (0...1).first { decimals in
            Double(fixed(100 * fraction, decimals: decimals)).map { abs($0 - 100 * fraction) < 1e-6 } ?? false
        }
        return fixed(100 * fraction, decimals: needed ?? 2) + " %"
    }

    /// A data set's name as papers write it.
    static func dataset(_ name: String, isSynthetic: Bool) -> String {
        let known = ["mnist": "MNIST", "fashion-mnist": "Fashion-MNIST", "cifar-10": "CIFAR-10"]
        return (known[name] ?? name) + (isSynthetic ? " (synthetic images)" : "")
    }
}
