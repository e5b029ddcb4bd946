import Kernels

/// A network compiled for a batch size and a purpose: one slab of memory, and the order of the passes.
///
/// Running a program allocates nothing. (Its loops count instead of iterating over arrays: in builds without optimization
/// an array's iterator allocates.)
final class Program {
    let model: Model
    let plan: MemoryPlan
    let timeline: Timeline
    let steps: [Step]
    private let fuses: Bool
    private let operations: [any Operation]
    private let bookings: [Booking]
    /// For each node, the offsets of its booked buffers, by slot; −1 for what is not observed.
    private let slots: [[Int]]
    private let values: [MatrixRegion]
    private let gradients: [MatrixRegion?]
    /// For each node and input, where the contribution to the gradient waits to be added; nil where it goes there directly.
    private let copies: [[MatrixRegion?]]
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
        let network = model.network
        let lowered = LoweredNetwork(network, purpose: purpose, fuses: fuses)
        let layout = ProgramLayout(lowered, batch: batch)
        steps = lowered.steps
        self.fuses = lowered.fuses
        plan = layout.plan
        timeline = layout.timeline
        operations = layout.operations
        bookings = layout.bookings
        slots = steps.map { layout.offsets(of: $0.node) }
        values = lowered.values.indices.map(layout.region(ofValue:))
        gradients = lowered.gradients.indices.map(layout.region(ofGradient:))
        copies = steps.map(layout.copies)
        memory = Storage(count: plan.count)
        regression = RegressionTarget(network, batch: batch)
        gaps = poisonsReleasedMemory ? timeline.all.map(plan.gaps) : []
        classes = network.classes
        probabilities = layout.probabilitiesOffset
    }

    // MARK: Running

    /// The network's input, to be filled: one row a position, one column a channel.
    func input(images: Int) -> Matrix {
        poison(at: timeline.fill)
        return value(0, images: images)
    }

    func forward(images: Int, phase: Phase, team: Team) {
        regression?.take(value(0, images: images), images: images, team: team)
        for index in 0..<steps.count { forward(node: index, images: images, phase: phase, team: team) }
    }

    /// Computes one node's output from the values before it.
    func forward(node index: Int, images: Int, phase: Phase, team: Team) {
        poison(at: timeline.forward(index))
        let step = steps[index]
        if step.computer != index || step.isAffineEpilogue && phase.statistics != .batch { return }
        var pass = pass(index, images, phase, team)
        if let normalization = step.epilogue.affine,
            let map = operations[normalization].affine(self.pass(normalization, images, phase, team))
        {
            pass.followingAffine = (map, steps[normalization].epilogue.function)
        }
        operations[index].forward(pass)
    }

    /// Computes the loss and, in training, its gradient by the last node's output.
    ///
    /// - Returns: the sum over the images of the objective, and the number of images whose label has the largest score.
    func loss(labels: [Int32], images: Int) -> (loss: Double, correct: Int) {
        poison(at: timeline.loss)
        let (output, gradient) = (value(steps.count, images: images), gradient(steps.count, images: images))
        let probabilities = classProbabilities(images: images)
        if let regression {
            probabilities.copy(from: output)
            return regression.loss(output, gradient: gradient)
        }
        let result = SoftmaxCrossEntropy.forward(output, labels: labels, probabilities: probabilities)
        if let gradient {
            SoftmaxCrossEntropy.gradient(probabilities, labels: labels, scale: 1 / Float(images), into: gradient)
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
        for index in 0..<steps.count {
            backward(node: steps.count - 1 - index, images: images, phase: phase, team: team)
        }
    }

    /// Computes the gradients of one node from the gradient by its output.
    ///
    /// A normalization whose statistics are fixed by the phase is its affine map: the gradient by its input is computed,
    /// those by its own parameters are left as they are. In a program that fuses there is no such backward pass.
    func backward(node index: Int, images: Int, phase: Phase, team: Team) {
        poison(at: timeline.backward(index))
        guard steps[index].backward != nil else { return }
        let pass = pass(index, images, phase, team)
        if phase.statistics != .batch, let map = operations[index].affine(pass) {
            precondition(!fuses, "statistics are fixed, and layers are fused")
            map.shift.fill(0)
            if let gradient = pass.inputGradient { map.apply(pass.outputGradient, into: gradient, team: team) }
        } else {
            operations[index].backward(pass)
        }
        for position in 0..<copies[index].count {
            guard let copy = copies[index][position] else { continue }
            gradient(steps[index].inputs[position], images: images)?.add(matrix(copy, images))
        }
    }

    // MARK: What can be read

    /// A value: 0 is the network's input, i + 1 the output of node i.
    func value(_ value: Int, images: Int) -> Matrix { matrix(values[value], images) }

    /// The gradient of the loss by a value; nil where it is not needed.
    func gradient(_ value: Int, images: Int) -> Matrix? {
        guard let region = gradients[value] else { return nil }
        return matrix(region, images)
    }

    /// Where a node's pass puts the gradient by an input, perhaps to be added afterwards; nil where it is not needed.
    func inputGradient(_ position: Int, of node: Int, images: Int) -> Matrix? {
        guard let copy = copies[node][position] else { return gradient(steps[node].inputs[position], images: images) }
        return matrix(copy, images)
    }

    /// A matrix that a node has booked; nil if it is not observed.
    func matrix(_ slot: MatrixSlot, of node: Int, images: Int) -> Matrix? {
        let offset = slots[node][slot.index]
        guard offset >= 0 else { return nil }
        return memory.matrix(offset: offset, rows: images * slot.rowsPerImage, columns: slot.columns)
    }

    /// A vector that a node has booked.
    func vector(_ slot: VectorSlot, of node: Int) -> Vector {
        memory.vector(offset: slots[node][slot.index], count: slot.count)
    }

    /// Where the moments of a node's input are gathered; nil if it has booked no place for them.
    func inputMoments(of node: Int) -> Vector? {
        guard let slot = bookings[node].inputMoments else { return nil }
        return vector(slot, of: node)
    }

    func tensor(_ tap: Tap, images: Int) -> Matrix {
        switch tap.source {
        case .output(let node): return value(node + 1, images: images)
        case .booked(let node, let name):
            guard let slot = bookings[node].matrices[name], let matrix = matrix(slot, of: node, images: images) else {
                preconditionFailure("'\(tap.address)' is not booked")
            }
            return matrix
        }
    }

    /// Calls `body` with each node's tracked state, the batch statistics that the last forward pass left, and the factor that
    /// makes the variance unbiased.
    func forEachBatchStatistics(
        images: Int, _ body: (NormalizationState, _ mean: Vector, _ variance: Vector, _ correction: Double) -> Void
    ) {
        for index in 0..<steps.count {
            guard let state = model.states[index], let found = operations[index].batchStatistics else { continue }
            let count = found.isUnbiased ? 1 : images * state.statistics.positions
            body(
                state, vector(found.mean, of: index), vector(found.variance, of: index),
                NormalizationState.correction(count))
        }
    }

    // MARK: Views

    private func pass(_ index: Int, _ images: Int, _ phase: Phase, _ team: Team) -> Pass {
        Pass(images: images, phase: phase, team: team, program: self, node: index)
    }

    private func matrix(_ region: MatrixRegion, _ images: Int) -> Matrix {
        memory.matrix(
            offset: region.offset, rows: images * region.rowsPerImage, columns: region.columns, stride: region.stride)
    }

    private func poison(at moment: Int) {
        guard !gaps.isEmpty else { return }
        for gap in gaps[moment] { memory.vector(offset: gap.lowerBound, count: gap.count).fill(.nan) }
    }
}

/// Where a matrix lies in a program's slab.
struct MatrixRegion: Sendable {
    let offset: Int
    let rowsPerImage: Int
    let columns: Int
    let stride: Int
}
