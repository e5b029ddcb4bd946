import Declarations
import Engine

/// A network before its slots are filled: layers, slots and blocks, as a model file lists them.
public struct ModelDeclaration: Sendable, Equatable {
    /// The stem of the model's file; `in-place` for layers written in an experiment.
    public var name: String
    /// A sentence about the model.
    public var title = ""
    /// Where the architecture is published.
    public var source = ""
    /// The shape of a sample that the model was made for: what `normlab show` lays it out for where no data set is given.
    public var inputShape: Shape?
    /// The number of classes that the model was made for: 10, as every data set here has, where the file says nothing.
    public var classes = 10
    /// Layers, slots and blocks from the input to the scores. The softmax cross-entropy head is implied.
    public var layers: [LayerDeclaration]

    /// The name of a model whose layers stand in an experiment.
    static let inPlaceName = "in-place"

    /// The same layers under the same name; where they were written does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        left.name == right.name && left.layers == right.layers
    }
}

/// One item of a model's list of layers.
public struct LayerDeclaration: Sendable, Equatable {
    /// What stands there.
    public indirect enum Content: Sendable {
        /// A layer.
        case layer(any Layer)
        /// A place that the run fills.
        case slot(Slot)
        /// Branches that read the same input; their outputs are joined along the channels.
        case branches([Branch])
    }

    /// One path of a block.
    public struct Branch: Sendable, Equatable {
        /// The name, a part of the names of its nodes.
        public var name: String
        /// Its layers; none is the identity.
        public var layers: [LayerDeclaration]
    }

    /// The name of its node, with those of its blocks: `mixed1/3x3/conv`.
    public var name: String
    /// The nodes it reads; empty for the one before it.
    public var inputs: [String] = []
    /// What stands there.
    public var content: Content
    /// What was written, for messages and origins; no part of the declaration's value.
    var node: ConfigurationNode

    /// The same content under the same name; where it was written does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.name == right.name, left.inputs == right.inputs else { return false }
        return switch (left.content, right.content) {
        case (.layer(let left), .layer(let right)): left.isEqual(to: right)
        case (.slot(let left), .slot(let right)): left == right
        case (.branches(let left), .branches(let right)): left == right
        default: false
        }
    }
}

extension ModelDeclaration {
    /// The model as it is written down in a resolved configuration: with every name and every field.
    var node: ConfigurationNode {
        .mapping([
            ("name", .word(name)),
            ("layers", ConfigurationNode(.sequence(layers.map(\.canonicalNode)))),
        ])
    }
}

extension LayerDeclaration {
    fileprivate var canonicalNode: ConfigurationNode {
        var pairs: [(String, ConfigurationNode)] = [("name", .word(shortName))]
        if !inputs.isEmpty {
            pairs.append(("inputs", ConfigurationNode(.sequence(inputs.map { .word($0) }))))
        }
        switch content {
        case .slot(let slot): return .word(slot.rawValue)
        case .layer(let layer): pairs.append((type(of: layer).kind, ConfigurationNode(fieldsOf: layer)))
        case .branches(let branches):
            let nodes = branches.map { ($0.name, ConfigurationNode(.sequence($0.layers.map(\.canonicalNode)))) }
            pairs.append(("branches", .mapping(nodes)))
        }
        return .mapping(pairs)
    }

    /// The name inside its block.
    var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }
}
