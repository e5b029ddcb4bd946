/// Writes nodes as YAML in one canonical layout: two spaces a level, lists of mappings one item a line, and whatever fits
/// on a line in braces.
struct YAMLWriter {
    /// The longest line that a value in braces may make.
    var width = 100
    /// A comment for a value on a line of its own, such as its origin; values in braces are opened where this is set.
    var comment: ((ConfigurationNode) -> String?)?

    /// The text of a mapping, with a final newline.
    func text(of root: ConfigurationNode) -> String {
        var lines: [Line] = []
        write(entries: root.entries ?? [], indent: 0, into: &lines)
        guard comment != nil else { return lines.map { $0.text + "\n" }.joined() }
        let column = min(72, lines.filter { $0.comment != nil }.map(\.text.count).max() ?? 0)
        return lines.map { line in
            guard let comment = line.comment else { return line.text + "\n" }
            let padding = String(repeating: " ", count: max(0, column - line.text.count) + 2)
            return "\(line.text)\(padding)# \(comment)\n"
        }.joined()
    }

    private struct Line {
        var text: String
        var comment: String?
    }

    private func write(entries: [ConfigurationNode.Entry], indent: Int, into lines: inout [Line]) {
        for entry in entries {
            write(key: Self.quoted(entry.key), entry.value, indent: indent, into: &lines)
        }
    }

    private func write(key: String, _ node: ConfigurationNode, indent: Int, into lines: inout [Line]) {
        let margin = String(repeating: " ", count: indent)
        if let flow = flow(node), fits(node), margin.count + key.count + 2 + flow.count <= width {
            lines.append(Line(text: "\(margin)\(key): \(flow)", comment: comment?(node)))
            return
        }
        lines.append(Line(text: "\(margin)\(key):"))
        switch node.content {
        case .scalar:
            lines[lines.count - 1].text += " \(flow(node) ?? "")"
        case .mapping(let entries):
            write(entries: entries, indent: indent + 2, into: &lines)
        case .sequence(let elements):
            for element in elements { write(item: element, indent: indent + 2, into: &lines) }
        }
    }

    private func write(item: ConfigurationNode, indent: Int, into lines: inout [Line]) {
        let margin = String(repeating: " ", count: indent)
        if let entries = item.entries, !entries.isEmpty {
            // The first key stands behind the dash, the others below it.
            var inner: [Line] = []
            write(entries: entries, indent: indent + 2, into: &inner)
            inner[0].text = "\(margin)- \(inner[0].text.dropFirst(indent + 2))"
            lines += inner
        } else {
            lines.append(Line(text: "\(margin)- \(flow(item) ?? "")", comment: comment?(item)))
        }
    }

    /// Whether a value goes on its key's line: scalars and lists of scalars do, mappings where no value needs a comment.
    private func fits(_ node: ConfigurationNode) -> Bool {
        switch node.content {
        case .scalar: true
        case .sequence(let elements): elements.allSatisfy { $0.scalar != nil }
        case .mapping(let entries):
            entries.isEmpty || comment == nil && entries.allSatisfy { fits($0.value) }
        }
    }

    /// The value on one line.
    private func flow(_ node: ConfigurationNode) -> String? {
        switch node.content {
        case .scalar(let text, let isQuoted):
            return isQuoted ? Self.doubleQuoted(text) : Self.quoted(text)
        case .sequence(let elements):
            let parts = elements.compactMap(flow)
            return "[\(parts.joined(separator: ", "))]"
        case .mapping(let entries):
            if entries.isEmpty { return "{}" }
            let parts = entries.compactMap { entry in flow(entry.value).map { "\(Self.quoted(entry.key)): \($0)" } }
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
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case let control where control.value < 0x20 || control.value == 0x7F:
                let digits = String(control.value, radix: 16, uppercase: true)
                quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
