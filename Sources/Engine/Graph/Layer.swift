import Kernels
import Vocabulary

/// A layer of a network: a small value of hyper-parameters, and nothing else.
///
/// A layer owns no memory and contains no arithmetic loops. It declares its parameters, books the buffers it needs for a
/// pass, and chooses the kernels that compute its equation forward and its derivative backward; the two stand next to each
/// other. Phase, statistics source, step, seed and team arrive with the pass: a layer has no mode.
///
/// To add a layer: one file with a type that conforms, one line in ``LayerCatalogue``, one reference in the tests.
public protocol Layer: Configurable, Equatable {
    /// Handles of the buffers that ``book(_:)`` books and the passes borrow.
    associatedtype Workspace: Sendable

    /// What the layer is to its neighbours and to the memory plan.
    var traits: LayerTraits { get }

    /// The shape of one output sample.
    ///
    /// - Throws: ``LayerError`` if the layer cannot take these inputs or its fields make no sense.
    func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape
    /// The trainable parameters for these inputs, which ``outputShape(_:)`` has accepted.
    func parameters(_ inputs: [Shape]) -> [ParameterDeclaration]
    /// Multiply-adds of the forward pass of one sample; 0 for what is not a product.
    func multiplyAdds(_ inputs: [Shape]) -> Int
    /// Those that the passes really do, which are fewer where the layer has a better algorithm than its equation.
    func performedMultiplyAdds(_ inputs: [Shape]) -> PerformedMultiplyAdds
    /// The statistics that training tracks for inference; nil for most layers.
    func trackedStatistics(_ inputs: [Shape]) -> TrackedStatistics?
    /// The layer with `factor` times as many outputs, where their number is one of its fields.
    func widened(by factor: Double) -> Self
    /// The layer with its automatic choices made, given what follows it.
    func resolved(for surroundings: Surroundings) -> Self

    /// Books the caches and the scratch of one pass.
    func book(_ booking: inout Booking) -> Workspace
    /// Computes the output from the inputs and the parameters.
    func forward(_ pass: Pass, _ workspace: Workspace)
    /// Computes, from the gradient of the output, the gradients of the parameters and, where it is wanted, of the inputs.
    func backward(_ pass: Pass, _ workspace: Workspace)
    /// Where the last forward pass with batch statistics left them; nil for layers that track none.
    func batchStatistics(_ workspace: Workspace) -> BatchStatistics?
    /// The affine map of each channel that the layer is in this pass, for a layer before it to apply; nil if it is none.
    func affine(_ pass: Pass, _ workspace: Workspace) -> ColumnAffine?
    /// How the layer computes with what it has booked, where there is a choice: a word for people, such as `direct`.
    func algorithm(_ workspace: Workspace) -> String
}

/// The multiply-adds that passes really do for one sample.
public struct PerformedMultiplyAdds: Equatable, Sendable {
    public let forward: Int
    /// For the gradients by inputs and by weights together.
    public let backward: Int

    public init(forward: Int, backward: Int) {
        (self.forward, self.backward) = (forward, backward)
    }
}

/// What stands around a layer in its network.
public struct Surroundings: Sendable {
    /// Whether everything that reads the layer's output is a normalization that makes a bias before it redundant
    /// (Ioffe & Szegedy 2015, §3.2): see ``LayerTraits/absorbsBias``.
    public let isFollowedByShift: Bool
    /// The initializer that `default` stands for; nil where none was given.
    public let initializer: (any Initializer)?
}

/// The workspace of a layer that books nothing.
public struct NoWorkspace: Sendable {}

// MARK: What most layers have in common

extension Layer {
    public func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] { [] }
    public func multiplyAdds(_ inputs: [Shape]) -> Int { 0 }
    public func performedMultiplyAdds(_ inputs: [Shape]) -> PerformedMultiplyAdds {
        PerformedMultiplyAdds(forward: multiplyAdds(inputs), backward: 2 * multiplyAdds(inputs))
    }
    public func trackedStatistics(_ inputs: [Shape]) -> TrackedStatistics? { nil }
    public func widened(by factor: Double) -> Self { self }
    public func resolved(for surroundings: Surroundings) -> Self { self }
    public func batchStatistics(_ workspace: Workspace) -> BatchStatistics? { nil }
    public func affine(_ pass: Pass, _ workspace: Workspace) -> ColumnAffine? { nil }
    public func algorithm(_ workspace: Workspace) -> String { "" }
}

extension Layer where Workspace == NoWorkspace {
    public func book(_ booking: inout Booking) -> NoWorkspace { NoWorkspace() }
}

/// Why a layer cannot take the inputs it was given, or cannot have the fields it has.
public struct LayerError: Error, Equatable, Sendable {
    /// The field at fault, where there is one, so that a message can point at it.
    public var field: String?
    /// What was found: `a 3×3×50 map`.
    public let found: String
    /// What is needed instead: `a map of at least 5×5 (kernel 5, pad 0)`.
    public let expected: String
    /// A way out, where one is known.
    public var suggestion: String?

    /// Checks that a field's value is at least `minimum`: layers may be made in code, past the strict reader.
    static func require(_ field: String, _ value: Int, atLeast minimum: Int) throws(LayerError) {
        guard value < minimum else { return }
        throw LayerError(field: field, found: "\(field) \(value)", expected: "\(field) of at least \(minimum)")
    }
}

/// What a trainable parameter is to its layer.
public enum ParameterKind: String, Sendable {
    /// The matrix of a product.
    case weight
    /// The vector added to a product.
    case bias
    /// γ of a normalization.
    case scale
    /// β of a normalization.
    case shift

    /// The last component of the parameter's name, which is PyTorch's: γ is a normalization's `weight`, β its `bias`.
    public var suffix: String {
        switch self {
        case .weight, .scale: "weight"
        case .bias, .shift: "bias"
        }
    }
}

/// How many values meet in one output, and how many outputs one input value meets: what initializers scale by.
public struct Fan: Hashable, Sendable {
    /// Inputs of one output value; kernel area × input channels for a convolution.
    public let input: Int
    /// Outputs of one input value; kernel area × output channels for a convolution.
    public let output: Int
}

/// How a parameter lies in a file that other frameworks read.
public enum InterchangeLayout: Hashable, Sendable {
    /// A vector, as it is.
    case vector
    /// A product's matrix [(position, channel) × outputs] as `torch.nn.Linear` has it: [outputs, channel·positions + position].
    case linear(input: Shape)
    /// A product's matrix [(ky, kx, channel) × outputs] as `torch.nn.Conv2d` has it: [outputs, channels, height, width].
    case convolution(kernelHeight: Int, kernelWidth: Int, channels: Int)
}

/// A parameter as its layer declares it: `rows` × `columns` floats, row-major; a vector has one row.
public struct ParameterDeclaration: Sendable {
    public let kind: ParameterKind
    /// Rows of the matrix; 1 for a vector.
    public var rows = 1
    /// Columns of the matrix; the length of a vector.
    public let columns: Int
    /// What its initializer scales by.
    public let fan: Fan
    public let initializer: any Initializer
    /// Factor on the learning rate (Caffe's `lr_mult`).
    public let rateMultiplier: Double
    /// Factor on the weight decay (Caffe's `decay_mult`).
    public let decayMultiplier: Double
    /// How it lies in an interchange file.
    public var layout = InterchangeLayout.vector
}

/// A parameter of a network.
public struct ParameterInfo: Sendable {
    /// `<node>.<suffix>`, such as `conv1.weight`.
    public let name: String
    /// The node that owns it.
    public let node: String
    public let declaration: ParameterDeclaration

    public var kind: ParameterKind { declaration.kind }
    /// The extents of the engine's own layout: [rows, columns], or [count] for a vector.
    public var shape: [Int] {
        declaration.rows == 1 && declaration.layout == .vector
            ? [declaration.columns] : [declaration.rows, declaration.columns]
    }
    public var count: Int { declaration.rows * declaration.columns }
    /// Factor on the learning rate.
    public var rateMultiplier: Double { declaration.rateMultiplier }
    /// Factor on the weight decay.
    public var decayMultiplier: Double { declaration.decayMultiplier }
    /// The path of the random stream that it starts from: `init/<node>/weight`.
    public var stream: String { "init/\(node)/\(kind.suffix)" }
}

/// The layers, in the order of the reference. A new one is one file and one line here; the tests find it by this list.
public enum LayerCatalogue {
    public static let all: [any Layer.Type] = [
        Dense.self,
        Convolution.self,
        MaxPooling.self,
        AveragePooling.self,
        GlobalAveragePooling.self,
        Rectifier.self,
        Sigmoid.self,
        HyperbolicTangent.self,
        Dropout.self,
        BatchNormalization.self,
        OutsideNormalization.self,
        GhostBatchNormalization.self,
        BatchRenormalization.self,
        LpBatchNormalization.self,
        LayerNormalization.self,
        GroupNormalization.self,
        InstanceNormalization.self,
        RootMeanSquareNormalization.self,
        LocalResponseNormalization.self,
        CovariateNoise.self,
        Concatenation.self,
    ]
}
