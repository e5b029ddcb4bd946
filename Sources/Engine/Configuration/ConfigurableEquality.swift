extension FieldValue: Equatable {
    /// Whether two field values are written the same way in a resolved configuration.
    public static func == (left: FieldValue, right: FieldValue) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.boolean(let left), .boolean(let right)): left == right
        case (.word(let left), .word(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.variant(let left), .variant(let right)): left.isEqual(to: right)
        case (.none, .none): true
        default: left.asNumber != nil && left.asNumber == right.asNumber
        }
    }
}

extension Configurable {
    /// Whether `other` has the same kind and the same value in every field.
    ///
    /// A configurable value is nothing but its fields, so this is its equality.
    public func isEqual(to other: any Configurable) -> Bool {
        guard let other = other as? Self else { return false }
        return Self.fields.allSatisfy { $0.get(self) == $0.get(other) }
    }

    /// The value of every field by name, in declared order.
    public var fieldValues: [(name: String, value: FieldValue)] {
        Self.fields.map { (name: $0.name, value: $0.get(self)) }
    }
}

extension Configurable where Self: Equatable {
    /// Equality by fields: see ``Configurable/isEqual(to:)``.
    public static func == (left: Self, right: Self) -> Bool { left.isEqual(to: right) }
}
