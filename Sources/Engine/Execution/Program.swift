import Kernels

/// A network compiled for a batch size and a purpose: one slab of memory, and the order of the passes.
///
/// Running a program allocates nothing. (Its loops count instead of iterating over arrays: in builds without optimization
/// an array's iterator allocates.)
final class Program {
    let model: Model
    let batch: Int
    let plan: MemoryPlan
    let timeline: Timeline
    private let lowered: LoweredNetwork
    private let operations: [any Operation]
    private let bindings: [Bindings]
    private let bookings: [Booking]
    /// Where the values lie: 0 is the network's input, i + 1 the output of node i.
    private let values: [MatrixRegion]
    /// Where the gradients by the values lie; nil where none is needed.
    private let gradients: [MatrixRegion?]
    private let probabilities: Int
    private let classes: Int
    private let memory: Storage
    /// Where the targets of a regression lie, and how they follow from the input; nil for classes.
    private let regression: RegressionTarget?
    /// For each moment, the memory that is not in use; empty unless released memory is poisoned.
    private let gaps: [[Range<Int>]]

    /// - Parameter poisonsReleasedMemory: whether memory that is not in use is filled with NaN, so that a test
    ///   can show that no pass reads memory before it is written or after it is released.
    ///   - fuses: whether layers are computed together where they can be, which changes no bit.
    init(
        _ model: Model, batch: Int, purpose: ProgramPurpose, poisonsReleasedMemory: Bool = false, fuses: Bool = true
    ) {
        precondition(batch > 0, "a batch needs at least one image")
        self.model = model
        self.batch = batch
        let network = model.network
        let lowered = LoweredNetwork(network, purpose: purpose, fuses: fuses)
        let layout = ProgramLayout(lowered, batch: batch)
        let plan = MemoryPlan(layout.requests)
        self.lowered = lowered
        self.plan = plan
        timeline = layout.timeline
        operations = layout.operations
        bookings = layout.bookings
        memory = Storage(count: plan.count)
        regression = RegressionTarget(network, batch: batch)
        gaps = poisonsReleasedMemory ? layout.timeline.all.map(plan.gaps) : []
        classes = network.classes
        probabilities = plan.offset(of: layout.probabilities)

        func region(_ part: ProgramLayout.Part, _ value: Int) -> MatrixRegion {
            let shape = lowered.shape(value)
            return MatrixRegion(
                offset: plan.offset(of: part.request) + part.column, rowsPerImage: shape.positions,
                columns: shape.channels, stride: part.stride)
        }
        let values = layout.values.enumerated().map { region($1, $0) }
        let gradients = layout.gradients.enumerated().map { value, part in part.map { region($0, value) } }
        self.values = values
        self.gradients = gradients
        bindings = lowered.steps.map { step in
            let slots = layout.slots[step.node].map { $0.map(plan.offset) ?? -1 }
            let moments = step.epilogue.moments.flatMap { reader in
                layout.bookings[reader].inputMoments.flatMap { slot in
                    layout.slots[reader][slot.index].map { plan.offset(of: $0)..<plan.offset(of: $0) + slot.count }
                }
            }
            return Bindings(
                step: step, inputs: step.inputs.map { values[$0] }, output: values[step.node + 1],
                inputIsPart: step.inputs.indices.map { lowered.inputIsPart($0, of: step.node) },
                inputGradients: step.inputs.map { gradients[$0] },
                copies: zip(layout.copies[step.node], step.inputs).map { copy, value in copy.map { region($0, value) }
                },
                outputGradient: step.backward.flatMap { gradients[$0.output] }, outputMoments: moments, slots: slots,
                parameters: Array(model.regions[network.nodes[step.node].parameters]), state: model.states[step.node])
        }
    }

    // MARK: Running

    /// The network's input, to be filled: one row a position, one column a channel.
    func input(images: Int) -> Matrix {
        poison(at: timeline.fill)
        return matrix(values[0], images)
    }

    func forward(images: Int, phase: Phase, team: Team) {
        regression?.take(matrix(values[0], images), images: images, team: team)
        for index in 0..<operations.count { forward(node: index, images: images, phase: phase, team: team) }
    }

    /// Computes one node's output from the values before it.
    func forward(node index: Int, images: Int, phase: Phase, team: Team) {
        poison(at: timeline.forward(index))
        let step = lowered.steps[index]
        if step.computer != index || step.isAffineEpilogue && phase.statistics != .batch { return }
        var pass = pass(index, images, phase, team)
        if let normalization = step.epilogue.affine,
            let map = operations[normalization].affine(self.pass(normalization, images, phase, team))
        {
            pass.followingAffine = (map, lowered.steps[normalization].epilogue.function)
        }
        operations[index].forward(pass)
    }

    /// Computes the loss and, in training, its gradient by the last node's output.
    ///
    /// - Returns: the sum over the images of the objective, and the number of images whose label has the largest score.
    func loss(labels: [Int32], images: Int) -> (loss: Double, correct: Int) {
        poison(at: timeline.loss)
        let probabilities = memory.matrix(offset: probabilities, rows: images, columns: classes)
        if let regression {
            let output = matrix(values[operations.count], images)
            probabilities.copy(from: output)
            return regression.loss(output, gradient: gradients[operations.count].map { matrix($0, images) })
        }
        let result = SoftmaxCrossEntropy.forward(
            matrix(values[operations.count], images), labels: labels, probabilities: probabilities)
        if let outputGradient = gradients[operations.count] {
            SoftmaxCrossEntropy.gradient(
                probabilities, labels: labels, scale: 1 / Float(images), into: matrix(outputGradient, images))
        }
        return result
    }

    /// The class probabilities of the images whose ``loss(labels:images:)`` was computed last, [images × classes], or the
    /// outputs of a regression; they are gone with the next pass.
    func classProbabilities(images: Int) -> Matrix {
        memory.matrix(offset: probabilities, rows: images, columns: classes)
    }

    /// Computes the gradients of every parameter.
    func backward(images: Int, phase: Phase, team: Team) {
        for index in 0..<operations.count {
            backward(node: operations.count - 1 - index, images: images, phase: phase, team: team)
        }
    }

    /// Computes the gradients of one node from the gradient by its output.
    ///
    /// A normalization whose statistics are fixed by the phase is its affine map: the gradient by its input is computed,
    /// those by its own parameters are left as they are. In a program that fuses there is no such backward pass.
    func backward(node index: Int, images: Int, phase: Phase, team: Team) {
        poison(at: timeline.backward(index))
        guard lowered.steps[index].backward != nil else { return }
        let pass = pass(index, images, phase, team)
        if phase.statistics != .batch, let map = operations[index].affine(pass) {
            precondition(!lowered.fuses, "statistics are fixed, and layers are fused")
            map.shift.fill(0)
            if let gradient = pass.inputGradient { map.apply(pass.outputGradient, into: gradient, team: team) }
        } else {
            operations[index].backward(pass)
        }
        for position in 0..<bindings[index].copies.count {
            guard let copy = bindings[index].copies[position], let gradient = bindings[index].inputGradients[position]
            else { continue }
            matrix(gradient, images).add(matrix(copy, images))
        }
    }

    // MARK: What can be read

    /// A value: 0 is the network's input, i + 1 the output of node i.
    func value(_ value: Int, images: Int) -> Matrix { matrix(values[value], images) }

    /// The gradient of the loss by a value; nil where it is not needed.
    func gradient(_ value: Int, images: Int) -> Matrix? { gradients[value].map { matrix($0, images) } }

    func tensor(_ tap: Tap, images: Int) -> Matrix {
        switch tap.source {
        case .output(let node): return matrix(bindings[node].output, images)
        case .booked(let node, let name):
            guard let slot = bookings[node].matrices[name] else {
                preconditionFailure("'\(tap.address)' is not booked")
            }
            return memory.matrix(
                offset: bindings[node].slots[slot.index], rows: images * slot.rowsPerImage, columns: slot.columns)
        }
    }

    /// Calls `body` with each node's tracked state, the batch statistics that the last forward pass left, and the factor that
    /// makes the variance unbiased.
    func forEachBatchStatistics(
        images: Int, _ body: (NormalizationState, _ mean: Vector, _ variance: Vector, _ correction: Double) -> Void
    ) {
        for index in 0..<operations.count {
            guard let state = bindings[index].state, let found = operations[index].batchStatistics else { continue }
            let count = found.isUnbiased ? 1 : images * state.statistics.positions
            body(
                state, vector(found.mean, of: index), vector(found.variance, of: index),
                NormalizationState.correction(count))
        }
    }

    // MARK: Views

    private func pass(_ index: Int, _ images: Int, _ phase: Phase, _ team: Team) -> Pass {
        Pass(
            images: images, phase: phase, team: team, bindings: bindings[index], memory: memory,
            values: model.values, gradients: model.gradients)
    }

    private func matrix(_ region: MatrixRegion, _ images: Int) -> Matrix { region.matrix(in: memory, images: images) }

    private func vector(_ slot: VectorSlot, of index: Int) -> Vector {
        memory.vector(offset: bindings[index].slots[slot.index], count: slot.count)
    }

    private func poison(at moment: Int) {
        guard !gaps.isEmpty else { return }
        for gap in gaps[moment] { memory.vector(offset: gap.lowerBound, count: gap.count).fill(.nan) }
    }
}
