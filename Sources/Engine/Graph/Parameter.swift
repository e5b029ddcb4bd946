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

    /// A fan of the given sizes.
    public init(input: Int, output: Int) {
        self.input = input
        self.output = output
    }
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
    /// What it is to its layer.
    public let kind: ParameterKind
    /// Rows of the matrix; 1 for a vector.
    public let rows: Int
    /// Columns of the matrix; the length of a vector.
    public let columns: Int
    /// What its initializer scales by.
    public let fan: Fan
    /// How it starts.
    public let initializer: any Initializer
    /// Factor on the learning rate (Caffe's `lr_mult`).
    public let rateMultiplier: Double
    /// Factor on the weight decay (Caffe's `decay_mult`).
    public let decayMultiplier: Double
    /// How it lies in an interchange file.
    public let layout: InterchangeLayout

    /// A declaration of the given parts.
    public init(
        _ kind: ParameterKind, rows: Int = 1, columns: Int, fan: Fan, initializer: any Initializer,
        rateMultiplier: Double, decayMultiplier: Double, layout: InterchangeLayout = .vector
    ) {
        self.kind = kind
        self.rows = rows
        self.columns = columns
        self.fan = fan
        self.initializer = initializer
        self.rateMultiplier = rateMultiplier
        self.decayMultiplier = decayMultiplier
        self.layout = layout
    }
}

/// A parameter of a network.
public struct ParameterInfo: Sendable {
    /// `<node>.<suffix>`, such as `conv1.weight`.
    public let name: String
    /// The node that owns it.
    public let node: String
    /// What its layer declared.
    public let declaration: ParameterDeclaration

    /// What it is to its layer.
    public var kind: ParameterKind { declaration.kind }
    /// The extents of the engine's own layout: [rows, columns], or [count] for a vector.
    public var shape: [Int] {
        declaration.rows == 1 && declaration.layout == .vector
            ? [declaration.columns] : [declaration.rows, declaration.columns]
    }
    /// The number of values.
    public var count: Int { declaration.rows * declaration.columns }
    /// Factor on the learning rate.
    public var rateMultiplier: Double { declaration.rateMultiplier }
    /// Factor on the weight decay.
    public var decayMultiplier: Double { declaration.decayMultiplier }
    /// The path of the random stream that it starts from: `init/<node>/weight`.
    public var stream: String { "init/\(node)/\(kind.suffix)" }
}
