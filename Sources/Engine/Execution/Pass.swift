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
/// Views are valid during the pass only. A value that the layer did not declare in ``LayerTraits/backwardReads``, or a buffer
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
        guard let region = bindings.outputGradient else { preconditionFailure("no gradient arrives here") }
        return matrix(region)
    }

    /// Where the gradient by the first input goes, to be overwritten; nil if it is not needed.
    public var inputGradient: Matrix? { inputGradient(0) }

    /// Where the gradient by input `index` goes, to be overwritten; nil if it is not needed.
    public func inputGradient(_ index: Int) -> Matrix? {
        guard let region = bindings.copies[index] ?? bindings.inputGradients[index] else { return nil }
        return matrix(region)
    }

    /// Whether the gradient by input `index` is already a part of the output gradient's memory.
    public func gradientIsPart(_ index: Int) -> Bool { bindings.step.backward?.contributions[index] == .isPart }

    /// Whether the gradient by the first input is to be added to what is there, instead of overwriting it. Only layers that
    /// say they can are asked to.
    public var addsInputGradient: Bool { bindings.step.backward?.contributions[0] == .added }

    // MARK: Fusion

    /// The function that the layer applies to its output, and with which its backward pass begins where it has said so.
    public var nonlinearity: Nonlinearity { bindings.step.epilogue.function }

    /// Where the layer gathers the moments of its output; nil if they are not needed.
    public var outputMoments: BlockMoments? {
        guard phase.statistics == .batch, let region = bindings.outputMoments else { return nil }
        return BlockMoments(
            rows: images * bindings.output.rowsPerImage, columns: bindings.output.columns,
            scratch: memory.vector(offset: region.lowerBound, count: region.count))
    }

    /// What the layer does to its output as it writes it.
    public var epilogue: Epilogue {
        if let followingAffine {
            return Epilogue(affine: followingAffine.map, nonlinearity: followingAffine.nonlinearity)
        }
        return Epilogue(nonlinearity: nonlinearity, moments: outputMoments)
    }

    /// Whether the moments of the input have been gathered in the buffer that ``Booking/inputMoments(_:count:)`` booked.
    public var inputMomentsAreGathered: Bool { bindings.step.inputMomentsAreGathered }

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

    // MARK: Regions

    private func matrix(_ region: MatrixRegion) -> Matrix { region.matrix(in: memory, images: images) }

    private func matrix(of kind: ParameterKind, in storage: Storage) -> Matrix {
        guard let region = bindings.region(of: kind) else { preconditionFailure("no parameter \(kind) was declared") }
        return storage.matrix(offset: region.offset, rows: region.rows, columns: region.columns)
    }

    private func vector(of kind: ParameterKind, in storage: Storage) -> Vector? {
        guard let region = bindings.region(of: kind) else { return nil }
        return storage.vector(offset: region.offset, count: region.columns)
    }
}

/// Where a matrix lies in a program's slab.
struct MatrixRegion: Sendable {
    let offset: Int
    let rowsPerImage: Int
    let columns: Int
    let stride: Int

    func matrix(in memory: Storage, images: Int) -> Matrix {
        memory.matrix(offset: offset, rows: images * rowsPerImage, columns: columns, stride: stride)
    }
}

/// Where a parameter lies in the model's slabs of values, of gradients and of history.
struct ParameterRegion: Sendable {
    let kind: ParameterKind
    let offset: Int
    let rows: Int
    let columns: Int
}

/// Where everything that one step touches lies. Made once, when a program is compiled.
final class Bindings {
    let step: Step
    let inputs: [MatrixRegion]
    let output: MatrixRegion
    /// For each input, whether its values are already a part of the output's memory.
    let inputIsPart: [Bool]
    /// Where the gradient by each input lies; nil where it is not needed.
    let inputGradients: [MatrixRegion?]
    /// For each input, where the node's contribution to the gradient waits to be added; nil where it goes there directly.
    let copies: [MatrixRegion?]
    /// The gradient that the backward pass begins with; nil where there is none.
    let outputGradient: MatrixRegion?
    /// The floats of the slab in which the moments of the output are gathered; nil where nobody needs them.
    let outputMoments: Range<Int>?
    /// The offsets of the booked buffers, by slot; −1 for what is not observed.
    let slots: [Int]
    let parameters: [ParameterRegion]
    /// The tracked statistics of the node, where it has them.
    let state: NormalizationState?

    init(
        step: Step, inputs: [MatrixRegion], output: MatrixRegion, inputIsPart: [Bool],
        inputGradients: [MatrixRegion?], copies: [MatrixRegion?], outputGradient: MatrixRegion?,
        outputMoments: Range<Int>?, slots: [Int], parameters: [ParameterRegion], state: NormalizationState?
    ) {
        self.step = step
        self.inputs = inputs
        self.output = output
        self.inputIsPart = inputIsPart
        self.inputGradients = inputGradients
        self.copies = copies
        self.outputGradient = outputGradient
        self.outputMoments = outputMoments
        self.slots = slots
        self.parameters = parameters
        self.state = state
    }

    func region(of kind: ParameterKind) -> ParameterRegion? {
        for index in 0..<parameters.count where parameters[index].kind == kind { return parameters[index] }
        return nil
    }
}

/// A layer with its workspace: what a program runs at a node.
protocol Operation {
    func forward(_ pass: Pass)
    func backward(_ pass: Pass)
    var batchStatistics: BatchStatistics? { get }
    var algorithm: String { get }
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
    var algorithm: String { layer.algorithm(workspace) }
    func affine(_ pass: Pass) -> ColumnAffine? { layer.affine(pass, workspace) }
}

extension Layer {
    /// Books this layer's buffers and binds it to them.
    func operation(_ booking: inout Booking) -> any Operation { LayerOperation(self, &booking) }
}
