import Engine

/// Fields of the kinds that only experiments have: texts, lists of texts, absent values, nested mappings.
extension Field {
    /// A text.
    init(
        text name: String, _ path: WritableKeyPath<Owner, String> & Sendable, required: Bool = false,
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .name, isRequired: required,
            get: { .word($0[keyPath: path]) },
            set: { if case .word(let text) = $1 { $0[keyPath: path] = text } })
    }

    /// A text, or `none`.
    init(text name: String, _ path: WritableKeyPath<Owner, String?> & Sendable, _ documentation: String) {
        self.init(
            name: name, documentation: documentation, type: .optional(.name), isRequired: false,
            get: { $0[keyPath: path].map { .word($0) } ?? FieldValue.none },
            set: { if case .word(let text) = $1 { $0[keyPath: path] = text } else { $0[keyPath: path] = nil } })
    }

    /// A list of texts.
    init(
        texts name: String, _ path: WritableKeyPath<Owner, [String]> & Sendable, minimum: Int = 0,
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .list(.name, minimum: minimum), isRequired: false,
            get: { .list($0[keyPath: path].map { .word($0) }) },
            set: {
                guard case .list(let values) = $1 else { return }
                $0[keyPath: path] = values.compactMap { if case .word(let text) = $0 { text } else { nil } }
            })
    }

    /// A list of an enumeration's words.
    init<Word: ConfigurationWord>(
        words name: String, _ path: WritableKeyPath<Owner, [Word]> & Sendable, minimum: Int = 0,
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation,
            type: .list(.word(Word.allCases.map(\.rawValue)), minimum: minimum), isRequired: false,
            get: { .list($0[keyPath: path].map { .word($0.rawValue) }) },
            set: {
                guard case .list(let values) = $1 else { return }
                $0[keyPath: path] = values.compactMap {
                    if case .word(let word) = $0 { Word(rawValue: word) } else { nil }
                }
            })
    }

    /// A list of nested mappings.
    init<Record: Configurable>(
        records name: String, _ path: WritableKeyPath<Owner, [Record]> & Sendable, minimum: Int = 0,
        required: Bool = false, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .list(.record(Record.self), minimum: minimum),
            isRequired: required,
            get: { .list($0[keyPath: path].map { .variant($0) }) },
            set: {
                guard case .list(let values) = $1 else { return }
                $0[keyPath: path] = values.compactMap {
                    if case .variant(let value) = $0 { value as? Record } else { nil }
                }
            })
    }

    /// A list of values of one of a catalogue's kinds, kept as the catalogue's protocol.
    init<Kind>(
        variants name: String, _ path: WritableKeyPath<Owner, [Kind]> & Sendable, oneOf kinds: [any Configurable.Type],
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .list(.variant(kinds), minimum: 0), isRequired: false,
            get: { .list($0[keyPath: path].compactMap { ($0 as? any Configurable).map { .variant($0) } }) },
            set: {
                guard case .list(let values) = $1 else { return }
                $0[keyPath: path] = values.compactMap {
                    if case .variant(let value) = $0 { value as? Kind } else { nil }
                }
            })
    }

    /// A number, or `none`.
    init(
        optional name: String, _ path: WritableKeyPath<Owner, Double?> & Sendable, _ range: ClosedRange<Double>,
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .optional(.number(range)), isRequired: false,
            get: { $0[keyPath: path].map { .number($0) } ?? FieldValue.none },
            set: { $0[keyPath: path] = $1.asNumber })
    }

    /// One of an enumeration's words, or `none`.
    init<Word: ConfigurationWord>(
        optional name: String, _ path: WritableKeyPath<Owner, Word?> & Sendable, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .optional(.word(Word.allCases.map(\.rawValue))),
            isRequired: false,
            get: { $0[keyPath: path].map { .word($0.rawValue) } ?? FieldValue.none },
            set: {
                if case .word(let word) = $1 {
                    $0[keyPath: path] = Word(rawValue: word)
                } else {
                    $0[keyPath: path] = nil
                }
            })
    }

    /// A nested mapping.
    init<Record: Configurable>(
        record name: String, _ path: WritableKeyPath<Owner, Record> & Sendable, _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .record(Record.self), isRequired: false,
            get: { .variant($0[keyPath: path]) },
            set: { if case .variant(let value) = $1, let value = value as? Record { $0[keyPath: path] = value } })
    }

    /// A layer that fills a slot, or `none`.
    init(
        slot name: String, _ path: WritableKeyPath<Owner, (any Layer)?> & Sendable, oneOf kinds: [any Layer.Type],
        _ documentation: String
    ) {
        self.init(
            name: name, documentation: documentation, type: .optional(.variant(kinds)), isRequired: false,
            get: { $0[keyPath: path].map { .variant($0) } ?? FieldValue.none },
            set: {
                if case .variant(let value) = $1 {
                    $0[keyPath: path] = value as? any Layer
                } else {
                    $0[keyPath: path] = nil
                }
            })
    }
}
