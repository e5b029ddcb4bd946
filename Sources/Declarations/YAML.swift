import Yams

/// Reads a YAML text into nodes that know their places, and refuses what makes configurations surprising:
/// duplicate keys, anchors, aliases, tags, merge keys and keys that are not plain words.
///
/// Scalars stay text: what they mean depends on what is expected there, never on YAML 1.1's guess.
public struct YAMLReader {
    let file: String
    let text: String
    let diagnostics: DiagnosticCollector
    let layer: Origin.Layer

    private let lines: [[Unicode.Scalar]]

    /// A reader of a text. Messages quote its lines, unless they are registered otherwise.
    public init(
        _ text: String, file: String, layer: Origin.Layer, diagnostics: DiagnosticCollector, quotes: Bool = true
    ) {
        self.file = file
        self.text = text
        self.layer = layer
        self.diagnostics = diagnostics
        lines = Self.lines(of: text)
        if quotes { diagnostics.register(text, as: file) }
    }

    /// The document's root, or nil after an error that leaves nothing to look at.
    public func root() -> ConfigurationNode? {
        var text = text
        var hidden: [SourceKey: String] = [:]
        // Yams refuses a mapping with duplicate keys and says where the first one stands. The first one is renamed, in place
        // and to the same length, until none is left; then every duplicate of the file is reported, and the rest is read.
        while true {
            do {
                let parser = try Parser(yaml: text)
                // Anchors are held weakly by the nodes: the parser must outlive the conversion.
                return try withExtendedLifetime(parser) {
                    guard let node = try parser.singleRoot() else {
                        diagnostics.error("the file is empty", at: place(1, 1))
                        return nil
                    }
                    return convert(node, hidden: hidden)
                }
            } catch let YamlError.duplicatedKeysInMapping(keys, context) {
                guard let key = keys.first,
                    let renamed = Self.rename(key, at: context.mark, to: hidden.count, in: text)
                else {
                    diagnostics.error(
                        "the key '\(keys.first ?? "")' is written more than once", at: place(context.mark))
                    return nil
                }
                hidden[SourceKey(line: context.mark.line, column: context.mark.column)] = key
                text = renamed
            } catch let error as YamlError {
                report(error)
                return nil
            } catch {
                diagnostics.error("\(error)", at: place(1, 1))
                return nil
            }
        }
    }

    private struct SourceKey: Hashable {
        let line: Int
        let column: Int
    }

    // MARK: Conversion

    private func convert(_ node: Node, hidden: [SourceKey: String]) -> ConfigurationNode {
        let position = place(node.mark)
        let refused = ConfigurationNode(.refused, at: position)
        guard acceptMarkers(at: position) else { return refused }
        var converted: ConfigurationNode
        switch node {
        case .scalar(let scalar):
            let isQuoted = scalar.style != .plain && scalar.style != .any
            let length = scalar.string.unicodeScalars.count + (isQuoted ? 2 : 0)
            converted = ConfigurationNode(
                .scalar(scalar.string, isQuoted: isQuoted), at: position, length: max(1, length))
        case .sequence(let sequence):
            converted = ConfigurationNode(.sequence(sequence.map { convert($0, hidden: hidden) }), at: position)
        case .mapping(let mapping):
            converted = ConfigurationNode(.mapping(entries(of: mapping, hidden: hidden)), at: position)
        case .alias:
            diagnostics.error("aliases are not read; write the value here", at: position)
            return refused
        }
        converted.layer = layer
        return converted
    }

    private func entries(of mapping: Node.Mapping, hidden: [SourceKey: String]) -> [ConfigurationNode.Entry] {
        var entries: [ConfigurationNode.Entry] = []
        for (key, value) in mapping {
            let position = place(key.mark)
            guard acceptMarkers(at: position) else { continue }
            guard case .scalar(let scalar) = key else {
                diagnostics.error(
                    "a key must be a word, found \(key.sequence == nil ? "a mapping" : "a list")", at: position)
                continue
            }
            let name = hidden[SourceKey(line: position.line, column: position.column)] ?? scalar.string
            let isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            let length = max(1, name.unicodeScalars.count + (isQuoted ? 2 : 0))
            if name == "<<", !isQuoted {
                diagnostics.error(
                    "merge keys ('<<') are not read; use 'extends' or an arm, which state only what differs",
                    at: position,
                    length: length)
                continue
            }
            if let first = entries.first(where: { $0.key == name }) {
                diagnostics.error(
                    "duplicate key '\(name)'", at: position, length: length,
                    notes: ["the first is at \(first.position)"])
                continue
            }
            entries.append(
                .init(key: name, position: position, keyLength: length, value: convert(value, hidden: hidden)))
        }
        return entries
    }

    /// Refuses anchors, aliases and tags by the character that starts them.
    private func acceptMarkers(at position: SourcePosition) -> Bool {
        guard lines.indices.contains(position.line - 1),
            lines[position.line - 1].indices.contains(position.column - 1)
        else { return true }
        switch lines[position.line - 1][position.column - 1] {
        case "&":
            diagnostics.error("anchors are not read; state the value where it is used, or use an arm", at: position)
        case "*":
            diagnostics.error("aliases are not read; a pattern that begins with '*' needs quotes", at: position)
        case "!": diagnostics.error("tags are not read; the type follows from the key", at: position)
        default: return true
        }
        return false
    }

    // MARK: Places

    private func place(_ mark: Mark?) -> SourcePosition {
        place(mark?.line ?? 1, mark?.column ?? 1)
    }

    private func place(_ line: Int, _ column: Int) -> SourcePosition {
        SourcePosition(file: file, line: line, column: column)
    }

    private static func lines(of text: String) -> [[Unicode.Scalar]] {
        text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { Array($0.unicodeScalars) }
    }

    /// The text with the key at a mark replaced by a word of the same length that no file contains.
    private static func rename(_ key: String, at mark: Mark, to number: Int, in text: String) -> String? {
        var lines = lines(of: text)
        guard lines.indices.contains(mark.line - 1) else { return nil }
        var start = mark.column - 1
        let name = Array(key.unicodeScalars)
        guard lines[mark.line - 1].indices.contains(start) else { return nil }
        if ["\"", "'"].contains(lines[mark.line - 1][start]) { start += 1 }
        let range = start..<start + name.count
        guard !name.isEmpty, range.upperBound <= lines[mark.line - 1].count,
            Array(lines[mark.line - 1][range]) == name,
            // The private use area has room for 6400 duplicates.
            let replacement = Unicode.Scalar(0xE000 + UInt32(number % 6400))
        else { return nil }
        lines[mark.line - 1].replaceSubrange(
            range, with: [replacement] + [Unicode.Scalar](repeating: "_", count: name.count - 1))
        return lines.map { line in String(String.UnicodeScalarView(line)) }.joined(separator: "\n")
    }

    // MARK: Syntax errors

    private func report(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            // Where the context starts at the mark itself it says nothing.
            let start = context.flatMap { $0.mark.line == mark.line && $0.mark.column == mark.column ? nil : $0 }
            let notes = start.map { ["\($0.text), which starts at \(place($0.mark))"] } ?? []
            diagnostics.error("not YAML: \(problem)\(advice(for: problem, at: mark))", at: place(mark), notes: notes)
        case .composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                diagnostics.error("a file holds one document; remove the '---'", at: place(mark))
            } else if problem.contains("alias") {
                diagnostics.error(
                    "aliases are not read; a pattern that begins with '*' needs quotes", at: place(mark))
            } else {
                diagnostics.error("not YAML: \(problem)", at: place(mark))
            }
        case .reader(let problem, let offset, _, _):
            let (line, column) = lineAndColumn(ofCharacter: offset ?? 0)
            diagnostics.error("not YAML: \(problem)", at: place(line, column))
        default:
            diagnostics.error("not YAML: \(error)", at: place(1, 1))
        }
    }

    private func advice(for problem: String, at mark: Mark) -> String {
        if problem.contains("cannot start any token") {
            let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : []
            let character = line.indices.contains(mark.column - 1) ? line[mark.column - 1] : " "
            return character == "\t"
                ? "; indent with spaces, not tabs" : "; a text that begins with '\(character)' needs quotes"
        }
        if problem.contains("mapping values are not allowed") { return "; a text that contains ': ' needs quotes" }
        if problem.contains("alphabetic or numeric character") {
            return "; a pattern that begins with '*' needs quotes"
        }
        return ""
    }

    private func lineAndColumn(ofCharacter offset: Int) -> (line: Int, column: Int) {
        let before = Self.lines(of: String(text.prefix(offset)))
        return (max(1, before.count), (before.last?.count ?? 0) + 1)
    }
}

/// Writes nodes as YAML in one layout: two spaces a level, lists of mappings item by item, in braces what fits a line.
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
