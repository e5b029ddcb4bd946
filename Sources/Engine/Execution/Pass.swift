import Kernels
import Vocabulary

/// What a pass is for. It is an argument of every pass: nothing in the engine has a mode.
public enum Phase: Hashable, Sendable {
    /// A training step: statistics of the batch, dropout and disturbances on, named by the seed and the step.
    case training(step: Int, seed: UInt64)
    /// A look at the network as the training step that comes next sees it: statistics of the batch, and what disturbs values
    /// is on; dropout off.
    case observation(step: Int, seed: UInt64)
    /// Anything else: dropout and disturbances off, statistics from the given source.
    case inference(StatisticsSource)

    /// Where normalizations take their statistics from.
    public var statistics: StatisticsSource {
        switch self {
        case .training, .observation: .batch
        case .inference(let source): source
        }
    }

    /// The training step that it is, or shows; nil in inference.
    public var step: Int? {
        switch self {
        case .training(let step, _), .observation(let step, _): step
        case .inference: nil
        }
    }
}

/// One execution of a node's forward or backward equation: the views that its layer borrows, and the arguments.
///
/// Views are valid during the pass only. A value that the layer did not declare in ``Layer/backwardReads``, or a buffer
/// outside its booked lifetime, may hold anything.
public struct Pass {
    /// The number of images in this pass; at most the batch that the program was compiled for.
    public let images: Int
    /// What the pass is for.
    public let phase: Phase
    /// The threads that compute.
    public let team: Team

    /// The affine map of a normalization behind the layer that it applies to its output, and the function behind that; nil
    /// if there is none in this pass.
    var followingAffine: (map: ColumnAffine, nonlinearity: Nonlinearity)?

    let bindings: Bindings
    let memory: Storage
    let values: Storage
    let gradients: Storage

    // MARK: Values

    /// The first input: one row a position, one column a channel.
    public var input: Matrix { input(0) }

    /// Input `index`: one row a position, one column a channel.
    public func input(_ index: Int) -> Matrix { matrix(bindings.inputs[index]) }

    /// The output: one row a position, one column a channel. A forward pass overwrites it.
    public var output: Matrix { matrix(bindings.output) }

    /// Whether the values of input `index` are already a part of the output's memory.
    public func inputIsPart(_ index: Int) -> Bool { bindings.inputIsPart[index] }

    // MARK: Gradients, in a backward pass

    /// The gradient of the loss by the output: behind the nonlinearity, where the layer takes that over. A layer may
    /// overwrite it.
    public var outputGradient: Matrix {
        guard let place = bindings.outputGradient else { preconditionFailure("no gradient arrives here") }
        return matrix(place)
    }

    /// Where the gradient by the first input goes, to be overwritten; nil if it is not needed.
    public var inputGradient: Matrix? { inputGradient(0) }

    /// Where the gradient by input `index` goes, to be overwritten; nil if it is not needed.
    public func inputGradient(_ index: Int) -> Matrix? {
        guard let place = bindings.inputGradients[index] else { return nil }
        return matrix(place)
    }

    /// Whether the gradient by input `index` is already a part of the output gradient's memory.
    public func gradientIsPart(_ index: Int) -> Bool { bindings.gradientIsPart[index] }

    /// Whether the gradient by the first input is to be added to what is there, instead of overwriting it. Only layers that
    /// say they can are asked to.
    public var addsInputGradient: Bool { bindings.fused.addsInputGradient }

    // MARK: Fusion

    /// The function that the layer applies to its output, and with which its backward pass begins where it has said so.
    public var nonlinearity: Nonlinearity { bindings.fused.nonlinearity }

    /// Where the layer gathers the moments of its output; nil if they are not needed.
    public var outputMoments: BlockMoments? {
        guard phase.statistics == .batch, let slot = bindings.fused.outputMoments else { return nil }
        let place = bindings.output
        return BlockMoments(
            rows: images * place.rowsPerImage, columns: place.columns,
            scratch: memory.vector(offset: bindings.fused.outputMomentsOffset, count: slot.count))
    }

    /// What the layer does to its output as it writes it.
    public var epilogue: Epilogue {
        if let followingAffine {
            return Epilogue(affine: followingAffine.map, nonlinearity: followingAffine.nonlinearity)
        }
        return Epilogue(nonlinearity: nonlinearity, moments: outputMoments)
    }

    /// Whether the moments of the input have been gathered where ``Layer/inputMoments(_:)`` says.
    public var inputMomentsAreGathered: Bool { bindings.fused.inputMomentsAreGathered }

    // MARK: Parameters

    /// A matrix parameter, which the layer must have declared.
    public func parameter(_ kind: ParameterKind) -> Matrix { matrix(of: kind, in: values) }

    /// Where the gradient of a matrix parameter goes, to be overwritten.
    public func gradient(_ kind: ParameterKind) -> Matrix { matrix(of: kind, in: gradients) }

    /// A vector parameter; nil if the layer has none.
    public func vectorParameter(_ kind: ParameterKind) -> Vector? { vector(of: kind, in: values) }

    /// Where the gradient of a vector parameter goes, to be overwritten; nil if the layer has none.
    public func vectorGradient(_ kind: ParameterKind) -> Vector? { vector(of: kind, in: gradients) }

    // MARK: Booked buffers

    /// A booked matrix, with the rows of this pass's images.
    public subscript(slot: MatrixSlot) -> Matrix {
        memory.matrix(offset: bindings.slots[slot.index], rows: images * slot.rowsPerImage, columns: slot.columns)
    }

    /// A matrix that is booked only to be observed; nil if it is not observed.
    public func observed(_ slot: MatrixSlot) -> Matrix? {
        bindings.slots[slot.index] < 0 ? nil : self[slot]
    }

    public subscript(slot: VectorSlot) -> Vector {
        memory.vector(offset: bindings.slots[slot.index], count: slot.count)
    }

    // MARK: State

    /// The statistics that training has tracked for this node, to be read only; nil for layers that track none.
    public var state: NormalizationState? { bindings.state }

    // MARK: Places

    private func matrix(_ place: Place) -> Matrix {
        memory.matrix(
            offset: place.offset, rows: images * place.rowsPerImage, columns: place.columns, stride: place.stride)
    }

    private func matrix(of kind: ParameterKind, in storage: Storage) -> Matrix {
        guard let place = bindings.place(of: kind) else { preconditionFailure("no parameter \(kind) was declared") }
        return storage.matrix(offset: place.offset, rows: place.rows, columns: place.columns)
    }

    private func vector(of kind: ParameterKind, in storage: Storage) -> Vector? {
        guard let place = bindings.place(of: kind) else { return nil }
        return storage.vector(offset: place.offset, count: place.columns)
    }
}

/// A matrix's place in a program's slab.
struct Place: Sendable {
    let offset: Int
    let rowsPerImage: Int
    let columns: Int
    let stride: Int
}

/// A parameter's place in the model's slabs of values, of gradients and of history.
struct ParameterPlace: Sendable {
    let kind: ParameterKind
    let offset: Int
    let rows: Int
    let columns: Int
}

/// Where everything that one node touches lies. Made once, when a program is compiled.
final class Bindings {
    let inputs: [Place]
    let output: Place
    /// For each input, whether its values are already a part of the output's memory.
    let inputIsPart: [Bool]
    /// Where the gradient of each input goes; nil where it is not needed.
    let inputGradients: [Place?]
    /// For each input, whether its gradient is already a part of the output gradient's memory.
    let gradientIsPart: [Bool]
    /// The output's gradient; nil where it is not needed.
    let outputGradient: Place?
    /// The offsets of the booked buffers, by slot.
    let slots: [Int]
    /// The places of the parameters in the model's slabs.
    let parameters: [ParameterPlace]
    /// The tracked statistics of the node, where it has them.
    let state: NormalizationState?
    /// What the node does together with its neighbours.
    let fused: Fused

    /// A node's part in the fusions of a program.
    struct Fused {
        /// The function that it applies to its output.
        var nonlinearity = Nonlinearity.identity
        /// Where it gathers the moments of its output: a place in the program's slab.
        var outputMoments: VectorSlot?
        /// The offset of that place.
        var outputMomentsOffset = 0
        /// Whether the moments of its input are gathered.
        var inputMomentsAreGathered = false
        /// Whether it adds the gradient by its first input to what is there.
        var addsInputGradient = false
    }

    init(
        inputs: [Place], output: Place, inputIsPart: [Bool], inputGradients: [Place?],
        gradientIsPart: [Bool], outputGradient: Place?, slots: [Int], parameters: [ParameterPlace],
        state: NormalizationState?, fused: Fused
    ) {
        self.fused = fused
        self.inputs = inputs
        self.output = output
        self.inputIsPart = inputIsPart
        self.inputGradients = inputGradients
        self.gradientIsPart = gradientIsPart
        self.outputGradient = outputGradient
        self.slots = slots
        self.parameters = parameters
        self.state = state
    }

    func place(of kind: ParameterKind) -> ParameterPlace? {
        for index in 0..<parameters.count where parameters[index].kind == kind { return parameters[index] }
        return nil
    }
}

/// A layer with its workspace: what a program runs at a node.
protocol Operation {
    func forward(_ pass: Pass)
    func backward(_ pass: Pass)
    var batchStatistics: BatchStatistics? { get }
    var inputMoments: VectorSlot? { get }
    func affine(_ pass: Pass) -> ColumnAffine?
}

struct LayerOperation<L: Layer>: Operation {
    let layer: L
    let workspace: L.Workspace

    init(_ layer: L, _ booking: inout Booking) {
        self.layer = layer
        workspace = layer.book(&booking)
    }

    func forward(_ pass: Pass) { layer.forward(pass, workspace) }
    func backward(_ pass: Pass) { layer.backward(pass, workspace) }
    var batchStatistics: BatchStatistics? { layer.batchStatistics(workspace) }
    var inputMoments: VectorSlot? { layer.inputMoments(workspace) }
    func affine(_ pass: Pass) -> ColumnAffine? { layer.affine(pass, workspace) }
}

extension Layer {
    /// Books this layer's buffers and binds it to them.
    func operation(_ booking: inout Booking) -> any Operation { LayerOperation(self, &booking) }
}
