/// Writes nodes as YAML in one canonical layout: two spaces a level, lists of mappings one item a line, and whatever fits
/// on a line in braces.
public struct YAMLWriter {
    /// The longest line that a value in braces may make.
    var width: Int

    public init(width: Int = 100) { self.width = width }

    /// The text of a mapping, with a final newline.
    public func text(of root: ConfigurationNode) -> String {
        var lines: [String] = []
        write(entries: root.entries ?? [], indent: 0, into: &lines)
        return lines.map { $0 + "\n" }.joined()
    }

    /// A value on one line, as it stands behind a key.
    public static func inline(_ node: ConfigurationNode) -> String {
        YAMLWriter().flow(node)
    }

    private func write(entries: [ConfigurationNode.Entry], indent: Int, into lines: inout [String]) {
        for entry in entries {
            write(key: Self.quoted(entry.key), entry.value, indent: indent, into: &lines)
        }
    }

    private func write(key: String, _ node: ConfigurationNode, indent: Int, into lines: inout [String]) {
        let margin = String(repeating: " ", count: indent)
        let flow = flow(node)
        if node.scalar != nil || isFlat(node) && margin.count + key.count + 2 + flow.count <= width {
            lines.append("\(margin)\(key): \(flow)")
            return
        }
        lines.append("\(margin)\(key):")
        switch node.content {
        case .scalar, .refused: break
        case .mapping(let entries): write(entries: entries, indent: indent + 2, into: &lines)
        case .sequence(let elements):
            for element in elements { write(item: element, indent: indent + 2, into: &lines) }
        }
    }

    private func write(item: ConfigurationNode, indent: Int, into lines: inout [String]) {
        let margin = String(repeating: " ", count: indent)
        if let entries = item.entries, !entries.isEmpty {
            // The first key stands behind the dash, the others below it.
            var inner: [String] = []
            write(entries: entries, indent: indent + 2, into: &inner)
            inner[0] = "\(margin)- \(inner[0].dropFirst(indent + 2))"
            lines += inner
        } else {
            lines.append("\(margin)- \(flow(item))")
        }
    }

    /// Whether a value may stand on its key's line: all but lists of mappings.
    private func isFlat(_ node: ConfigurationNode) -> Bool {
        switch node.content {
        case .scalar, .refused: true
        case .sequence(let elements): elements.allSatisfy { $0.scalar != nil }
        case .mapping(let entries): entries.allSatisfy { isFlat($0.value) }
        }
    }

    private func flow(_ node: ConfigurationNode) -> String {
        switch node.content {
        case .scalar(let text, let isQuoted):
            return isQuoted ? Self.doubleQuoted(text) : Self.quoted(text)
        case .sequence(let elements):
            return "[\(elements.map(flow).joined(separator: ", "))]"
        case .refused: return "\"\""
        case .mapping(let entries):
            if entries.isEmpty { return "{}" }
            let parts = entries.map { "\(Self.quoted($0.key)): \(flow($0.value))" }
            return "{ \(parts.joined(separator: ", ")) }"
        }
    }

    /// The text as it is where every YAML reader takes it for itself, in double quotes otherwise.
    static func quoted(_ text: String) -> String {
        let isSafe =
            text.first.map { $0.isASCII && ($0.isLetter || $0.isNumber || "./-".contains($0)) } ?? false
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "./_-+".contains($0)) }
            && text != "-" && !text.hasPrefix("---")
        return isSafe ? text : doubleQuoted(text)
    }

    private static func doubleQuoted(_ text: String) -> String {
        text.doubleQuoted { scalar in
            if scalar == "\r" { return "\\r" }
            guard scalar.value < 0x20 || scalar.value == 0x7F else { return nil }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
    }
}
