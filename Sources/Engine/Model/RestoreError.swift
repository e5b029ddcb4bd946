/// Why tensors do not fit a model. Nothing is changed when it is thrown.
public struct RestoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// One tensor that does not fit.
    public enum Problem: Equatable, Sendable {
        /// The model needs a tensor that is not there.
        case missing(name: String)
        /// A tensor belongs to nothing in the model.
        case unexpected(name: String)
        /// A name comes twice.
        case duplicate(name: String)
        /// A tensor has other extents or another element type.
        case mismatch(name: String, found: String, expected: String)
    }

    /// Everything that does not fit.
    public let problems: [Problem]

    /// One line a problem.
    public var description: String {
        problems.map { problem in
            switch problem {
            case .missing(let name): "the tensor '\(name)' is missing"
            case .unexpected(let name): "the tensor '\(name)' belongs to nothing in the model"
            case .duplicate(let name): "the tensor '\(name)' comes twice"
            case .mismatch(let name, let found, let expected):
                "the tensor '\(name)' has \(found), expected \(expected)"
            }
        }.joined(separator: "\n")
    }
}
