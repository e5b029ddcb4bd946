/// Everything that is wrong with a network, found at once.
public struct NetworkError: Error, Sendable, CustomStringConvertible {
    /// The problems, in the order of the nodes.
    public let problems: [NetworkProblem]

    /// An error of the given problems.
    public init(problems: [NetworkProblem]) { self.problems = problems }

    /// One line a problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong with a network.
public struct NetworkProblem: Equatable, Sendable, CustomStringConvertible {
    /// What sort of problem it is.
    public enum Kind: String, Sendable {
        /// There is no node.
        case empty
        /// The input has an extent below one.
        case input
        /// A name is empty, reserved, or has characters that addresses need.
        case name
        /// Two nodes have the same name.
        case duplicate
        /// An input names no node.
        case unknownInput
        /// A layer has too few or too many inputs.
        case inputCount
        /// Nodes read each other in a circle.
        case cycle
        /// Nothing reads a node's output.
        case unread
        /// A layer cannot take its input's shape, or a field makes no sense.
        case layer
        /// An initializer is left to the run, and the run gives none.
        case initializer
        /// The last node's output is no vector of scores.
        case output
    }

    /// What sort of problem it is.
    public let kind: Kind
    /// The node at fault; nil for the network as a whole.
    public let node: String?
    /// The node's place in the list that was given (names may be wrong or double).
    public let nodeIndex: Int?
    /// The layer's field at fault, where there is one.
    public let field: String?
    /// What was found.
    public let found: String
    /// What was expected.
    public let expected: String
    /// A way out, where one is known: for an unknown name, the nearest known one.
    public let suggestion: String?

    /// A problem of the given parts.
    public init(
        _ kind: Kind, node: String? = nil, nodeIndex: Int? = nil, field: String? = nil, found: String,
        expected: String, suggestion: String? = nil
    ) {
        self.kind = kind
        self.node = node
        self.nodeIndex = nodeIndex
        self.field = field
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// `conv2: found a 3×3×50 map, expected a map of at least 5×5 (kernel 5, pad 0); try pad 2`, without the node's name.
    public var message: String {
        "found \(found), expected \(expected)" + (suggestion.map { "; \($0)" } ?? "")
    }

    /// The message after the node's name.
    public var description: String { (node.map { "\($0): " } ?? "") + message }
}
