/// Why a layer cannot take the inputs it was given, or cannot have the fields it has.
public struct LayerError: Error, Equatable, Sendable {
    /// The field at fault, where there is one, so that a message can point at it.
    public let field: String?
    /// What was found: `a 3×3×50 map`.
    public let found: String
    /// What is needed instead: `a map of at least 5×5 (kernel 5, pad 0)`.
    public let expected: String
    /// A way out, where one is known.
    public let suggestion: String?

    /// An error of the given parts.
    public init(field: String? = nil, found: String, expected: String, suggestion: String? = nil) {
        self.field = field
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// Checks that a field's value is at least `minimum`: layers may be made in code, past the strict reader.
    static func require(_ field: String, _ value: Int, atLeast minimum: Int) throws(LayerError) {
        guard value < minimum else { return }
        throw LayerError(field: field, found: "\(field) \(value)", expected: "\(field) of at least \(minimum)")
    }
}
