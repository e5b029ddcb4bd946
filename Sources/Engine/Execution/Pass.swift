import Kernels

/// One execution of a node's forward or backward equation: the views that its layer borrows, and the arguments.
///
/// Views are valid during the pass only. A value that the layer did not declare in ``Layer/backwardReads``, or a buffer
/// outside its booked lifetime, may hold anything.
public struct Pass {
    /// The number of images in this pass; at most the batch that the program was compiled for.
    public let images: Int
    /// What the pass is for.
    public let phase: Phase
    /// Who computes.
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

    /// Where the gradient by the first input goes, to be overwritten; nil if nobody wants it.
    public var inputGradient: Matrix? { inputGradient(0) }

    /// Where the gradient by input `index` goes, to be overwritten; nil if nobody wants it.
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

    /// Where the layer gathers the moments of its output; nil if nobody wants them.
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

    /// A matrix that is booked only to be observed; nil if nobody observes it.
    public func observed(_ slot: MatrixSlot) -> Matrix? {
        bindings.slots[slot.index] < 0 ? nil : self[slot]
    }

    /// A booked vector.
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
