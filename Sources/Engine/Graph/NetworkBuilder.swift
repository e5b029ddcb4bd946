import Vocabulary

/// Checks a list of nodes and makes a network's nodes of it, collecting everything that is wrong on the way.
///
/// Names come first, then references, the order, and the shapes; what follows from a node's wrong inputs is not reported.
struct NetworkBuilder {
    let input: Shape
    let given: [Node]
    let initializer: (any Initializer)?
    private(set) var problems: [NetworkProblem] = []
    private(set) var parameters: [ParameterInfo] = []

    static let inputName = "input"

    init(input: Shape, nodes: [Node], initializer: (any Initializer)?) {
        self.input = input
        given = nodes
        self.initializer = initializer
    }

    mutating func build() -> [NetworkNode] {
        guard !given.isEmpty else {
            problems.append(NetworkProblem(.empty, found: "no layers", expected: "at least one layer"))
            return []
        }
        if !input.isValid {
            problems.append(
                NetworkProblem(.input, found: "an input of \(input.map)", expected: "extents of at least 1"))
        }
        checkNames()
        let references = resolveReferences()
        checkReaders(references)
        let order = sort(references)
        guard input.isValid else { return [] }
        return infer(order: order, references: references)
    }

    // MARK: Names

    private mutating func checkNames() {
        var seen: Set<String> = []
        for (index, node) in given.enumerated() {
            if let reason = Self.objection(to: node.name) {
                report(.name, index, found: "the name '\(node.name)'", expected: reason)
            } else if !seen.insert(node.name).inserted {
                report(
                    .duplicate, index, found: "a second node '\(node.name)'", expected: "a name of its own",
                    suggestion: "name it '\(unused(like: node.name))'")
            }
        }
    }

    /// What a node's name must be instead; nil for a good one.
    static func objection(to name: String) -> String? {
        if name == inputName { return "another name: `input` is the network's input" }
        let components = name.split(separator: "/", omittingEmptySubsequences: false)
        if name.isEmpty || components.contains(where: \.isEmpty) { return "a name without empty components" }
        let isPlain = name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_/".unicodeScalars.contains($0)
        }
        return isPlain ? nil : "a name of letters, digits, '-', '_' and '/'"
    }

    private func unused(like name: String) -> String {
        let names = Set(given.map(\.name))
        var number = 2
        while names.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }

    // MARK: References

    /// For each node the values it reads (0 is the input, i + 1 node i as given); nil where one is unknown.
    private mutating func resolveReferences() -> [[Int]?] {
        var known: [String: Int] = [Self.inputName: 0]
        for (index, node) in given.enumerated() where known[node.name] == nil { known[node.name] = index + 1 }
        return given.indices.map { index in
            let node = given[index]
            guard !node.inputs.isEmpty else { return checkedCount([index], of: index) }
            var values: [Int] = []
            for name in node.inputs {
                if let value = known[name] {
                    values.append(value)
                } else {
                    report(
                        .unknownInput, index, field: "inputs", found: "the input '\(name)'",
                        expected: "the name of a node, or `input`",
                        suggestion: Suggestion.nearest(to: name, among: known.keys.sorted())
                            .map { "did you mean '\($0)'?" })
                }
            }
            return values.count == node.inputs.count ? checkedCount(values, of: index) : nil
        }
    }

    private mutating func checkedCount(_ values: [Int], of index: Int) -> [Int]? {
        let allowed = given[index].layer.traits.inputCount
        if allowed.contains(values.count) { return values }
        let expected =
            allowed.count == 1 ? "\(allowed.lowerBound)" : "\(allowed.lowerBound) to \(allowed.upperBound)"
        report(
            .inputCount, index, field: "inputs", found: "\(values.count) input\(values.count == 1 ? "" : "s")",
            expected: expected)
        return nil
    }

    private mutating func checkReaders(_ references: [[Int]?]) {
        guard !references.contains(where: { $0 == nil }) else { return }
        let read = Set(references.flatMap { $0 ?? [] })
        for index in given.indices.dropLast() where !read.contains(index + 1) {
            report(
                .unread, index, found: "an output that nothing reads",
                expected: "a reader of every output but the last",
                suggestion: "name '\(given[index].name)' among the inputs of a later node, or remove it")
        }
        if read.contains(given.count) {
            report(
                .cycle, given.count - 1, found: "a reader of the last node's output",
                expected: "the last node to give the class scores")
        }
    }

    // MARK: Order

    /// The nodes that can be computed, each after what it reads, otherwise as given.
    private mutating func sort(_ references: [[Int]?]) -> [Int] {
        var order: [Int] = []
        var done: Set<Int> = [0]
        var waiting = Array(given.indices)
        while let position = waiting.firstIndex(where: { index in
            // A node with unknown inputs waits for nothing: its problem is reported already.
            references[index]?.allSatisfy(done.contains) ?? true
        }) {
            let index = waiting.remove(at: position)
            order.append(index)
            done.insert(index + 1)
        }
        if !waiting.isEmpty {
            let names = waiting.map { "'\(given[$0].name)'" }.joined(separator: ", ")
            report(
                .cycle, waiting[0], field: "inputs", found: "nodes that wait for each other: \(names)",
                expected: "an order in which each node reads earlier ones")
        }
        return order
    }

    // MARK: Shapes

    private mutating func infer(order: [Int], references: [[Int]?]) -> [NetworkNode] {
        var place = [Int: Int]()
        for (position, index) in order.enumerated() { place[index + 1] = position + 1 }
        var shapes: [Int: Shape] = [0: input]
        var nodes: [NetworkNode] = []
        for index in order {
            guard let values = references[index] else { continue }
            let inputs = values.compactMap { shapes[$0] }
            guard inputs.count == values.count else { continue }
            let layer = given[index].layer.resolved(
                for: Surroundings(isFollowedByShift: isFollowedByShift(index, references), initializer: initializer))
            guard let shape = shape(of: layer, index, inputs) else { continue }
            shapes[index + 1] = shape
            let declared = declare(layer, index, inputs)
            nodes.append(
                NetworkNode(
                    name: given[index].name, layer: layer, inputs: values.map { place[$0] ?? 0 },
                    inputShapes: inputs, shape: shape, parameters: declared,
                    multiplyAdds: layer.multiplyAdds(inputs)))
        }
        if let scores = shapes[given.count], !scores.isFlat {
            report(
                .output, given.count - 1, found: "an output of \(scores.map)",
                expected: "one vector of class scores, 1×1×classes", suggestion: "end with a dense layer")
        }
        return nodes
    }

    private mutating func shape(of layer: any Layer, _ index: Int, _ inputs: [Shape]) -> Shape? {
        do {
            return try layer.outputShape(inputs)
        } catch {
            report(
                .layer, index, field: error.field, found: error.found, expected: error.expected,
                suggestion: error.suggestion)
            return nil
        }
    }

    private mutating func declare(_ layer: any Layer, _ index: Int, _ inputs: [Shape]) -> Range<Int> {
        let start = parameters.count
        for declaration in layer.parameters(inputs) {
            if declaration.initializer is RunInitializer {
                report(
                    .initializer, index, field: declaration.kind.suffix, found: "the initializer `default`",
                    expected: "a run that says which initializer that is")
            }
            parameters.append(
                ParameterInfo(
                    name: "\(given[index].name).\(declaration.kind.suffix)", node: given[index].name,
                    declaration: declaration))
        }
        return start..<parameters.count
    }

    /// Whether everything that reads node `index` makes a bias of it redundant.
    private func isFollowedByShift(_ index: Int, _ references: [[Int]?]) -> Bool {
        let readers = given.indices.filter { references[$0]?.contains(index + 1) ?? false }
        return !readers.isEmpty
            && readers.allSatisfy { given[$0].layer.traits.absorbsBias }
    }

    private mutating func report(
        _ kind: NetworkProblem.Kind, _ index: Int, field: String? = nil, found: String, expected: String,
        suggestion: String? = nil
    ) {
        problems.append(
            NetworkProblem(
                kind, node: given[index].name, nodeIndex: index, field: field, found: found, expected: expected,
                suggestion: suggestion))
    }
}

/// Everything that is wrong with a network, found at once.
public struct NetworkError: Error, Sendable, CustomStringConvertible {
    /// The problems, in the order of the nodes.
    public let problems: [NetworkProblem]

    public init(problems: [NetworkProblem]) { self.problems = problems }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}

/// One thing that is wrong with a network.
public struct NetworkProblem: Equatable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case empty
        case input
        /// A name is empty, reserved, or has characters that addresses need.
        case name
        case duplicate
        case unknownInput
        /// A layer has too few or too many inputs.
        case inputCount
        case cycle
        case unread
        /// A layer cannot take its input's shape, or a field makes no sense.
        case layer
        /// An initializer is left to the run, and the run gives none.
        case initializer
        /// The last node's output is not a vector of scores.
        case output
    }

    public let kind: Kind
    /// The node at fault; nil for the network as a whole.
    public let node: String?
    /// The node's place in the list that was given (names may be wrong or double).
    public let nodeIndex: Int?
    /// The layer's field at fault, where there is one.
    public let field: String?
    public let found: String
    public let expected: String
    /// A way out, where one is known: for an unknown name, the nearest known one.
    public let suggestion: String?

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
