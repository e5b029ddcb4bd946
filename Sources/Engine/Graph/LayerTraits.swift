import Kernels

/// What a layer is to its neighbours and to the memory plan, as one value.
///
/// Taps, automatic biases, what is computed together and what stays in memory follow from it: see ``LoweredNetwork``. Most
/// layers are right with their role and what their backward pass reads. Of the rest, ``inputCount``, ``flattensInput`` and
/// ``absorbsBias`` say what the layer is; every other trait spares memory, or a pass over it, and changes no bit.
public struct LayerTraits: Equatable, Sendable {
    /// What the layer does in a network, from which taps and automatic biases follow.
    public var role: LayerRole
    /// How many inputs the layer takes.
    public var inputCount = 1...1
    /// Whether the layer reads a sample as one vector across its positions, so that its input must be contiguous.
    public var flattensInput = false
    /// Whether the output is the inputs side by side along the channels, so that they may lie in the output's memory from the
    /// start: see ``Pass/inputIsPart(_:)`` and ``Pass/gradientIsPart(_:)``.
    public var joinsInputs = false
    /// Whether the layer takes away the mean of each channel by itself and adds a trainable shift, which makes a bias before it
    /// redundant: without effect on the output, and with a gradient of 0.
    public var absorbsBias = false
    /// The function of single elements that the layer is, for a layer before it to apply; nil for every other layer.
    public var nonlinearity: Nonlinearity?
    /// Whether the layer is an affine map of each channel where statistics are fixed, for a layer before it to apply: see
    /// ``Layer/affine(_:_:)``.
    public var isAffineInInference = false

    // MARK: The backward pass

    /// Which values of the forward pass the backward pass reads, and which must therefore stay in memory until then.
    public var backwardReads: BackwardReads
    /// Whether the backward pass, where it begins behind a nonlinearity, computes that again if it is cheap, instead of reading
    /// the output.
    public var recomputesNonlinearity = false
    /// Whether the layer can write the gradient by its only input over the gradient by its output.
    public var overwritesGradient = false
    /// Whether the layer can add the gradient by its only input to what others have left there: see
    /// ``Pass/addsInputGradient``.
    public var addsGradient = false

    // MARK: The epilogue

    /// What the layer can do to its output as it writes it.
    public var epilogue: EpilogueAbilities = []
    /// Whether the layer uses moments of its input that were gathered as that was written: see
    /// ``Booking/inputMoments(_:count:)``.
    public var takesInputMoments = false

    public init(
        _ role: LayerRole, backwardReads: BackwardReads, _ declare: (inout LayerTraits) -> Void = { _ in }
    ) {
        self.role = role
        self.backwardReads = backwardReads
        declare(&self)
    }

    /// These traits but for what `change` changes.
    public func with(_ change: (inout LayerTraits) -> Void) -> LayerTraits {
        var copy = self
        change(&copy)
        return copy
    }

    /// What the backward pass reads where it begins behind a nonlinearity.
    func backwardReads(behind nonlinearity: Nonlinearity) -> BackwardReads {
        recomputesNonlinearity && !nonlinearity.gradientReadsOutput ? backwardReads : backwardReads.union(.output)
    }
}

/// What a layer does in a network.
public enum LayerRole: CaseIterable, Sendable {
    /// A product with trainable weights: dense, convolution. Taps are named after these.
    case linear
    /// A normalization by statistics of the batch or of each image.
    case normalization
    /// An elementwise nonlinearity.
    case nonlinearity
    /// A reduction over positions.
    case pooling
    /// A normalization by the response of neighbours.
    case response
    /// What regularizes in training and is the identity in inference.
    case regularization
    /// What disturbs values in training, to see what it harms.
    case disturbance
    /// A join of several inputs.
    case junction
}

/// Which values of the forward pass a backward pass reads.
public struct BackwardReads: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let inputs = BackwardReads(rawValue: 1)
    public static let output = BackwardReads(rawValue: 2)
}

/// What a layer can do to its output as it writes it, and to the gradient by it as it reads that.
public struct EpilogueAbilities: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// It applies a nonlinearity: ``Pass/nonlinearity``.
    public static let nonlinearity = EpilogueAbilities(rawValue: 1)
    /// Its backward pass begins behind that nonlinearity.
    public static let nonlinearityGradient = EpilogueAbilities(rawValue: 2)
    /// It gathers the moments of its output: ``Pass/outputMoments``.
    public static let moments = EpilogueAbilities(rawValue: 4)
    /// It applies an affine map of the channels, and then a nonlinearity: ``Pass/epilogue``.
    public static let affine = EpilogueAbilities(rawValue: 8)
}
