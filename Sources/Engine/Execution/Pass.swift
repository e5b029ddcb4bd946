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

    let program: Program
    let node: Int

    private var step: Step { program.steps[node] }

    // MARK: Values

    /// The first input: one row a position, one column a channel.
    public var input: Matrix { input(0) }

    /// Input `index`: one row a position, one column a channel.
    public func input(_ index: Int) -> Matrix { program.value(step.inputs[index], images: images) }

    /// The output: one row a position, one column a channel. A forward pass overwrites it.
    public var output: Matrix { program.value(node + 1, images: images) }

    /// Whether the values of input `index` are already a part of the output's memory.
    public func inputIsPart(_ index: Int) -> Bool { step.inputIsPart[index] }

    // MARK: Gradients, in a backward pass

    /// The gradient of the loss by the output: behind the nonlinearity, where the layer takes that over. A layer may
    /// overwrite it.
    public var outputGradient: Matrix {
        guard let value = step.backward?.output, let gradient = program.gradient(value, images: images) else {
            preconditionFailure("no gradient arrives here")
        }
        return gradient
    }

    /// Where the gradient by the first input goes, to be overwritten; nil if it is not needed.
    public var inputGradient: Matrix? { inputGradient(0) }

    /// Where the gradient by input `index` goes, to be overwritten; nil if it is not needed.
    public func inputGradient(_ index: Int) -> Matrix? { program.inputGradient(index, of: node, images: images) }

    /// Whether the gradient by input `index` is already a part of the output gradient's memory.
    public func gradientIsPart(_ index: Int) -> Bool { step.backward?.contributions[index] == .part }

    /// Whether the gradient by the first input is to be added to what is there, instead of overwriting it. Only layers that
    /// say they can are asked to.
    public var addsInputGradient: Bool { step.backward?.contributions[0] == .added }

    // MARK: Fusion

    /// The function that the layer applies to its output, and with which its backward pass begins where it has said so.
    public var nonlinearity: Nonlinearity { step.epilogue.function }

    /// Where the layer gathers the moments of its output; nil if they are not needed.
    public var outputMoments: BlockMoments? {
        guard phase.statistics == .batch, let reader = step.epilogue.moments,
            let scratch = program.inputMoments(of: reader)
        else { return nil }
        return BlockMoments(rows: output.rows, columns: output.columns, scratch: scratch)
    }

    /// What the layer does to its output as it writes it.
    public var epilogue: Epilogue {
        if let followingAffine {
            return Epilogue(affine: followingAffine.map, nonlinearity: followingAffine.nonlinearity)
        }
        return Epilogue(nonlinearity: nonlinearity, moments: outputMoments)
    }

    /// Whether the moments of the input have been gathered in the buffer that ``Booking/inputMoments(_:count:)`` booked.
    public var inputMomentsAreGathered: Bool { step.inputMomentsAreGathered }

    // MARK: Parameters

    /// A matrix parameter, which the layer must have declared.
    public func parameter(_ kind: ParameterKind) -> Matrix { declared(kind, in: program.model.values) }

    /// Where the gradient of a matrix parameter goes, to be overwritten.
    public func gradient(_ kind: ParameterKind) -> Matrix { declared(kind, in: program.model.gradients) }

    /// A vector parameter; nil if the layer has none.
    public func vectorParameter(_ kind: ParameterKind) -> Vector? { matrix(of: kind, in: program.model.values)?.vector }

    /// Where the gradient of a vector parameter goes, to be overwritten; nil if the layer has none.
    public func vectorGradient(_ kind: ParameterKind) -> Vector? {
        matrix(of: kind, in: program.model.gradients)?.vector
    }

    private func declared(_ kind: ParameterKind, in storage: Storage) -> Matrix {
        guard let matrix = matrix(of: kind, in: storage) else {
            preconditionFailure("no parameter \(kind) was declared")
        }
        return matrix
    }

    private func matrix(of kind: ParameterKind, in storage: Storage) -> Matrix? {
        let parameters = program.model.network.nodes[node].parameters
        for index in 0..<parameters.count {
            let region = program.model.regions[parameters.lowerBound + index]
            if region.kind == kind {
                return storage.matrix(offset: region.offset, rows: region.rows, columns: region.columns)
            }
        }
        return nil
    }

    // MARK: Booked buffers

    /// A booked matrix, with the rows of this pass's images.
    public subscript(slot: MatrixSlot) -> Matrix {
        guard let matrix = observed(slot) else { preconditionFailure("a matrix that is not observed") }
        return matrix
    }

    /// A matrix that is booked only to be observed; nil if it is not observed.
    public func observed(_ slot: MatrixSlot) -> Matrix? { program.matrix(slot, of: node, images: images) }

    public subscript(slot: VectorSlot) -> Vector { program.vector(slot, of: node) }

    // MARK: State

    /// The statistics that training has tracked for this node, to be read only; nil for layers that track none.
    public var state: NormalizationState? { program.model.states[node] }
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
