extension Array {
    /// The fields of a part, as fields of the whole that holds the part at `path`.
    public func within<Part, Whole>(_ path: WritableKeyPath<Whole, Part> & Sendable) -> [Field<Whole>]
    where Element == Field<Part> {
        map { field in
            Field<Whole>(
                name: field.name, documentation: field.documentation, type: field.type, isRequired: field.isRequired,
                get: { field.get($0[keyPath: path]) }, set: { field.set(&$0[keyPath: path], $1) })
        }
    }
}
