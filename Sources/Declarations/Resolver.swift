import Vocabulary

/// Reads nodes by the types that are declared for their places: every scalar is parsed here, once, into a value or a
/// diagnostic, and abbreviations get their full form: `batch-norm` becomes `{ batch-norm: {} }`, `{ constant: 0 }` becomes
/// `{ constant: { value: 0 } }`.
///
/// What is required is not looked at: an arm states only its differences. ``checkCompleteness(of:_:path:)`` looks at the
/// merged result, and ``ConfigurationNode/value(as:)`` makes typed values of it.
public struct Resolver {
    let diagnostics: DiagnosticCollector

    public init(_ diagnostics: DiagnosticCollector) { self.diagnostics = diagnostics }

    /// The node in its full form, its wrong parts refused; nil if nothing is right. Messages call the place `path`.
    public func resolve(_ node: ConfigurationNode, _ type: FieldType, path: String) -> ConfigurationNode? {
        if node.isRefused { return nil }
        switch type {
        case .integer(let range):
            return scalar(Scalar.integer(node).map { (.integer($0), range.contains($0)) }, node, type, path)
        case .number(let range):
            return scalar(Scalar.number(node).map { (.number($0), range.contains($0)) }, node, type, path)
        case .boolean: return scalar(Scalar.boolean(node).map { (.boolean($0), true) }, node, type, path)
        case .word(let words): return word(node, words, path)
        case .text: return text(node, path)
        case .phrase(let phrase):
            guard let read = text(node, expectation: type.expectation, path), let text = read.scalar else { return nil }
            return phrase.init(phrase: text) == nil ? refuse(node, type.expectation, path) : read
        case .optional(let inner): return optional(node, inner, path)
        case .list(let element, let minimum): return list(node, element, minimum, path)
        case .record(let record): return fields(node, of: record, path)
        case .variant(let kinds): return variant(node, kinds, path, orNone: false)
        case .named(let names, let inner): return named(node, names, inner, path)
        case .partial(let inner): return resolve(node, inner, path: path)
        case .tree(let tree):
            switch tree.shape {
            case .anything: return node
            case .something: return node.isEmpty ? refuse(node, tree.expectation, path) : node
            case .list: return node.elements == nil ? refuse(node, tree.expectation, path) : node
            }
        }
    }

    // MARK: Scalars

    private func scalar(
        _ outcome: Scalar.Outcome<(value: FieldValue, isInRange: Bool)>, _ node: ConfigurationNode, _ type: FieldType,
        _ path: String
    ) -> ConfigurationNode? {
        switch outcome {
        case .failure(let refusal): return refuse(node, path, because: refusal.message)
        case .success((let value, true)): return node.meaning(value)
        case .success((let value, false)):
            let found = ConfigurationNode(value, as: type).scalar ?? ""
            return refuse(node, path, because: "expected \(type.expectation), found \(found)")
        }
    }

    private func word(_ node: ConfigurationNode, _ words: [String], _ path: String) -> ConfigurationNode? {
        let expectation = FieldType.word(words).expectation
        guard let text = node.scalar, !node.isEmpty else { return refuse(node, expectation, path) }
        if words.contains(text) { return node.replacing(.scalar(text, isQuoted: false)).meaning(.word(text)) }
        let hint = Self.truthAsWord(text, among: words) ?? Suggestion.nearest(to: text, among: words)
        let advice = hint.map { "; did you mean '\($0)'?" } ?? ""
        return refuse(node, expectation, path, advice)
    }

    private func text(
        _ node: ConfigurationNode, expectation: String = FieldType.text.expectation, _ path: String
    ) -> ConfigurationNode? {
        guard let text = node.scalar, !node.isEmpty, !text.allSatisfy(\.isWhitespace) else {
            return refuse(node, expectation, path)
        }
        return node.meaning(.word(text))
    }

    /// The word meant by somebody who writes `off` or `yes`.
    private static func truthAsWord(_ text: String, among words: [String]) -> String? {
        switch text.lowercased() {
        case "no", "off", "false", "null", "~": words.first { ["none", "false"].contains($0) }
        case "yes", "on": words.first { $0 == "true" }
        default: nil
        }
    }

    private func refuse(
        _ node: ConfigurationNode, _ expectation: String, _ path: String, _ advice: String = ""
    ) -> ConfigurationNode? {
        refuse(node, path, because: "expected \(expectation), found \(node.found)\(advice)")
    }

    private func refuse(_ node: ConfigurationNode, _ path: String, because message: String) -> ConfigurationNode? {
        diagnostics.error(Self.subject(path) + message, at: node)
        return nil
    }

    // MARK: Containers

    private func optional(_ node: ConfigurationNode, _ inner: FieldType, _ path: String) -> ConfigurationNode? {
        if node.isNone { return node.replacing(.scalar("none", isQuoted: false)).meaning(FieldValue.none) }
        if case .variant(let kinds) = inner { return variant(node, kinds, path, orNone: true) }
        // A record may be left empty, which is not nothing.
        if case .partial = inner, node.isEmpty { return resolve(node, inner, path: path) }
        if node.isEmpty || Self.truthAsWord(node.scalar ?? "", among: ["none"]) != nil {
            return refuse(node, "\(inner.expectation), or none", path, "; write none")
        }
        return resolve(node, inner, path: path)
    }

    private func list(
        _ node: ConfigurationNode, _ element: FieldType, _ minimum: Int, _ path: String
    ) -> ConfigurationNode? {
        guard let elements = node.elements else {
            return refuse(node, "a list", path, node.scalar.map { node.isEmpty ? "" : "; write [\($0)]" } ?? "")
        }
        if elements.count < minimum {
            let expected = minimum == 1 ? "one value" : "\(minimum) values"
            return refuse(node, path, because: "expected at least \(expected), found \(elements.count)")
        }
        return node.replacing(
            .sequence(elements.map { resolve($0, element, path: path) ?? $0.replacing(.refused) }))
    }

    private func fields(
        _ node: ConfigurationNode, of record: any Configurable.Type, _ path: String
    ) -> ConfigurationNode? {
        // A key without a value is an empty mapping: `baseline:` states no difference.
        let entries = node.isEmpty ? [] : node.entries
        guard let entries else { return refuse(node, "a mapping", path) }
        let fields = record.anyFields
        var resolved: [ConfigurationNode.Entry] = []
        for entry in entries {
            guard let field = fields.first(where: { $0.name == entry.key }) else {
                let place = path.isEmpty ? "" : " in '\(path)'"
                let known = fields.map(\.name)
                let advice = Suggestion.phrase(for: entry.key, among: known, called: "keys")
                diagnostics.error("unknown key '\(entry.key)'\(place)\(advice)", atKey: entry)
                // What was meant is not missing.
                if let meant = Suggestion.nearest(to: entry.key, among: known), node[meant] == nil {
                    resolved.append(entry.with(entry.value.replacing(.refused), key: meant))
                }
                continue
            }
            let value = resolve(entry.value, field.type, path: Self.join(path, entry.key))
            resolved.append(entry.with(value ?? entry.value.replacing(.refused)))
        }
        return node.replacing(.mapping(resolved))
    }

    private func variant(
        _ node: ConfigurationNode, _ kinds: [any Configurable.Type], _ path: String, orNone: Bool
    ) -> ConfigurationNode? {
        let expectation = FieldType.variant(kinds).expectation + (orNone ? ", or none" : "")
        let words = kinds.map { $0.kind } + (orNone ? ["none"] : [])
        if let word = node.scalar, !node.isEmpty {
            guard kinds.contains(where: { $0.kind == word }) else {
                let hint = Self.truthAsWord(word, among: words) ?? Suggestion.nearest(to: word, among: words)
                let advice = hint.map { "did you mean '\($0)'?" } ?? "expected \(expectation)"
                return refuse(node, path, because: "unknown kind '\(word)'; \(advice)")
            }
            return node.nesting(node.replacing(.mapping([])), under: word)
        }
        guard let entries = node.entries, !entries.isEmpty else {
            return refuse(node, expectation, path, orNone && node.isEmpty ? "; write none" : "")
        }
        if entries.count > 1 {
            let found = "\(entries.count): \(FieldType.quoted(entries.map(\.key)))"
            diagnostics.error("\(Self.subject(path))expected one kind, found \(found)", atKey: entries[1])
            return nil
        }
        let entry = entries[0]
        guard let kind = kinds.first(where: { $0.kind == entry.key }) else {
            let hint = Suggestion.nearest(to: entry.key, among: words)
            let advice = hint.map { "did you mean '\($0)'?" } ?? "expected \(expectation)"
            diagnostics.error("\(Self.subject(path))unknown kind '\(entry.key)'; \(advice)", atKey: entry)
            return nil
        }
        let value = resolve(entry.value, kind: kind, path: Self.join(path, kind.kind))
        return node.replacing(.mapping([entry.with(value ?? entry.value.replacing(.refused))]))
    }

    /// The fields of a kind, or the value of its only field: `{ constant: 0 }` is `{ constant: { value: 0 } }`.
    public func resolve(
        _ node: ConfigurationNode, kind: any Configurable.Type, path: String
    ) -> ConfigurationNode? {
        if let field = kind.onlyField, node.entries == nil, !node.isEmpty {
            let value = resolve(node, field.type, path: Self.join(path, field.name)) ?? node.replacing(.refused)
            return node.nesting(value, under: field.name)
        }
        if let text = node.scalar, !node.isEmpty, let field = kind.anyFields.first(where: \.isRequired) {
            return refuse(node, "a mapping", path, "; write { \(field.name): \(text) }")
        }
        return fields(node, of: kind, path)
    }

    private func named(
        _ node: ConfigurationNode, _ names: FieldType.Names, _ inner: FieldType, _ path: String
    ) -> ConfigurationNode? {
        guard let entries = node.entries else {
            return refuse(node, FieldType.named(names, inner).expectation, path)
        }
        var resolved: [ConfigurationNode.Entry] = []
        for entry in entries {
            if !names.arePaths, entry.key == "none" || !Self.isName(entry.key) {
                let advice =
                    entry.key == "none" ? "it stands for what is absent" : "use lower case letters, digits and '-'"
                diagnostics.error(
                    "'\(entry.key)' cannot name \(Self.article(names.noun)); \(advice)", atKey: entry)
                continue
            }
            let value = resolve(entry.value, inner, path: Self.join(path, entry.key))
            resolved.append(entry.with(value ?? entry.value.replacing(.refused)))
        }
        return node.replacing(.mapping(resolved))
    }

    // MARK: Completeness

    /// Reports required keys that a resolved and merged node lacks, in it and in everything in it.
    public func checkCompleteness(of node: ConfigurationNode, _ type: FieldType, path: String) {
        switch type {
        case .record(let record): checkCompleteness(of: node, fieldsOf: record, path: path)
        case .optional(let inner): if !node.isNone { checkCompleteness(of: node, inner, path: path) }
        case .list(let element, _):
            for value in node.elements ?? [] { checkCompleteness(of: value, element, path: path) }
        case .named(_, let inner):
            for entry in node.entries ?? [] {
                checkCompleteness(of: entry.value, inner, path: Self.join(path, entry.key))
            }
        case .variant(let kinds):
            guard let entry = node.entries?.first, let kind = kinds.first(where: { $0.kind == entry.key }) else {
                return
            }
            checkCompleteness(of: entry.value, fieldsOf: kind, path: Self.join(path, entry.key))
        case .integer, .number, .boolean, .word, .text, .phrase, .partial, .tree: break
        }
    }

    public func checkCompleteness(
        of node: ConfigurationNode, fieldsOf record: any Configurable.Type, path: String
    ) {
        if node.isRefused { return }
        for field in record.anyFields {
            if let value = node[field.name] {
                checkCompleteness(of: value, field.type, path: Self.join(path, field.name))
            } else if field.isRequired {
                let place = path.isEmpty ? "" : " in '\(path)'"
                diagnostics.error("missing key '\(field.name)'\(place): expected \(field.type.expectation)", at: node)
            }
        }
    }

    // MARK: Words

    /// Whether a text may name an arm or a figure: names become folders and appear in CSV files and on command lines.
    public static func isName(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first.isNumber else { return false }
        return name.count <= 64
            && name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") }
    }

    private static func article(_ noun: String) -> String {
        (noun.first.map { "aeiou".contains($0) } ?? false) ? "an \(noun)" : "a \(noun)"
    }

    /// What a message begins with: the place it is about, or nothing for the whole file.
    private static func subject(_ path: String) -> String { path.isEmpty ? "" : "'\(path)': " }

    public static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

extension ConfigurationNode {
    /// A mapping of one key that stands where this node does.
    fileprivate func nesting(_ value: ConfigurationNode, under key: String) -> ConfigurationNode {
        replacing(.mapping([Entry(key: key, position: position, keyLength: length, value: value)]))
    }
}

extension FieldType {
    var expectation: String {
        switch self {
        case .integer(let range): "a whole number\(Self.bounds(range))"
        case .number(let range): "a number\(Self.bounds(range))"
        case .boolean: "true or false"
        case .word(let words): words.count == 1 ? "the word '\(words[0])'" : "one of the words \(Self.quoted(words))"
        case .text: "a text"
        case .phrase(let phrase): phrase.expectation
        case .optional(let inner): "\(inner.expectation), or none"
        case .list: "a list"
        case .record: "a mapping"
        case .variant(let kinds):
            kinds.count == 1 ? "'\(kinds[0].kind)'" : "one of \(Self.quoted(kinds.map { $0.kind }))"
        case .named(let names, _): "a mapping from \(names.noun) names"
        case .partial(let inner): inner.expectation
        case .tree(let tree): tree.expectation
        }
    }

    static func quoted(_ words: [String]) -> String {
        words.map { "'\($0)'" }.joined(separator: ", ")
    }

    /// The range in words. A bound of a thousand million or more only keeps sums from overflowing, and is not told.
    private static func bounds(_ range: ClosedRange<Int>) -> String {
        bounds(
            range.lowerBound == .min ? nil : "\(range.lowerBound)",
            range.upperBound >= 1_000_000_000 ? nil : "\(range.upperBound)")
    }

    private static func bounds(_ range: ClosedRange<Double>) -> String {
        let upper = range.upperBound < 1e9 ? Scalar.format(range.upperBound) : nil
        // The smallest numbers above zero stand for "more than zero".
        if range.lowerBound > 0, range.lowerBound <= Double.leastNormalMagnitude {
            return " above 0" + (upper.map { " and at most \($0)" } ?? "")
        }
        return bounds(range.lowerBound > -1e9 ? Scalar.format(range.lowerBound) : nil, upper)
    }

    private static func bounds(_ lower: String?, _ upper: String?) -> String {
        switch (lower, upper) {
        case (nil, nil): ""
        case (let lower?, nil): " of at least \(lower)"
        case (nil, let upper?): " of at most \(upper)"
        case (let lower?, let upper?): " from \(lower) to \(upper)"
        }
    }
}
