import Kernels

/// What a program is compiled for, which decides what stays in memory and for how long.
struct ProgramPurpose: Sendable {
    var hasBackward = false
    var wantsInputGradient = false
    /// Whether nothing is fused and every buffer stays in memory from the first moment to the last, so that passes can be
    /// repeated.
    var keepsEverything = false
    /// The tensors that stay in memory to be observed.
    var taps: [Tap] = []

    /// Forward, loss and backward; with the gradient by the network's input too if it is wanted.
    static func training(inputGradient: Bool, taps: [Tap] = []) -> ProgramPurpose {
        ProgramPurpose(hasBackward: true, wantsInputGradient: inputGradient, taps: taps)
    }
    /// Forward, and backward from wherever a gradient is put, in parts and again and again.
    static let differentiation = ProgramPurpose(hasBackward: true, wantsInputGradient: true, keepsEverything: true)
    /// Forward and loss; a value's memory is free when its last reader has read it.
    static let inference = ProgramPurpose()
    /// Forward only.
    static func observation(_ taps: [Tap]) -> ProgramPurpose { ProgramPurpose(taps: taps) }
}

/// What a program does at one node: whether its layer computes there, what it does to its output as it writes it, and how
/// the gradients by its inputs get where they belong.
///
/// Values are numbered: 0 is the network's input, i + 1 the output of node i.
struct Step: Sendable {
    let node: Int
    /// The values that the node reads.
    let inputs: [Int]
    /// For each input, whether it lies in the output's memory from the start, as it may if the layer joins its inputs.
    fileprivate(set) var inputIsPart: [Bool] = []
    /// The node whose forward pass computes this one's output: itself, or the one before it, of whose epilogue it is a part.
    fileprivate(set) var computer: Int
    fileprivate(set) var epilogue = Epilogue()
    /// Whether it is the affine map in the epilogue of the node before it, where its statistics are fixed.
    fileprivate(set) var isAffineEpilogue = false
    /// Whether the node before it gathers the moments of its input.
    fileprivate(set) var inputMomentsAreGathered = false
    /// The backward pass; nil where no gradient is wanted, or where the node before it runs it with its own.
    fileprivate(set) var backward: Backward?

    /// What is done to the output as it is written: first the affine map, then the nonlinearity.
    struct Epilogue: Sendable {
        /// The normalization behind the node that it applies where its statistics are fixed, so that it is an affine map.
        var affine: Int?
        /// The nonlinearity's node behind it that it computes.
        var nonlinearity: Int?
        /// The function of that node.
        var function = Nonlinearity.identity
        /// The normalization for which it gathers the moments of its output.
        var moments: Int?
    }

    struct Backward: Sendable {
        /// The value whose gradient it begins with: the node's output, or that of the nonlinearity whose backward pass it
        /// runs with its own.
        let output: Int
        /// What it reads of the inputs and of that value.
        let reads: BackwardReads
        /// What it does with the gradient by each input.
        fileprivate(set) var contributions: [GradientContribution]
    }
}

/// What a backward pass does with the gradient by one of its inputs.
enum GradientContribution: Sendable {
    /// It is not wanted.
    case unwanted
    /// It is written into memory of its own.
    case written
    /// It is written over the gradient by the output.
    case overwrites
    /// It is a part of the gradient by the output, in the same memory.
    case part
    /// The layer adds it to what the value's other readers have left there.
    case added
    /// It is written beside what the other readers have left, and added when the layer is done.
    case copied
}

/// A network as a list of steps: which layers a program for some purpose computes together, to spare passes over memory, and
/// which tensors share memory. The memory plan, the program and the plan that people read follow these steps.
///
/// - A nonlinearity is applied by the layer before it, where that is able to, while it writes its output. Its backward
///   pass is then run with that layer's, where the layer says that it can.
/// - A gradient is written over another or added to what is there, instead of having memory of its own.
/// - The moments of a convolution's output are gathered while it is written, where a batch normalization needs them.
/// - In programs without a backward pass, a normalization writes over its input; and where its statistics are fixed, so that
///   it is an affine map, the product before it applies the map while it writes its output.
/// - A value that only a concatenation reads is a strided part of its output, so joining costs nothing; likewise its gradient.
///
/// What is computed, and its bits, are the same with and without. A tensor that exists only inside a fused pair cannot be
/// observed, so what a tap reads is not fused.
struct LoweredNetwork: Sendable {
    let network: Network
    let purpose: ProgramPurpose
    /// Whether layers are computed together where they can be.
    let fuses: Bool
    /// One step a node, in the order of the forward pass; the backward pass goes the other way.
    private(set) var steps: [Step]
    private(set) var values: [Placement]
    /// nil where the gradient by a value is not needed.
    private(set) var gradients: [Placement?]

    /// In whose memory a value or a gradient lies: that of its own number, or as columns of another's.
    struct Placement: Sendable {
        let owner: Int
        let column: Int

        func moved(by columns: Int) -> Placement { Placement(owner: owner, column: column + columns) }
    }

    init(_ network: Network, purpose: ProgramPurpose, fuses: Bool = true) {
        self.network = network
        self.purpose = purpose
        self.fuses = fuses && !purpose.keepsEverything
        steps = network.nodes.enumerated().map { Step(node: $0, inputs: $1.inputs, computer: $0) }
        values = (0...network.nodes.count).map { Placement(owner: $0, column: 0) }
        gradients = values.map { _ in nil }
        if self.fuses { for index in steps.indices { fuse(index) } }
        // A whole comes after its parts, so going backwards its own place is known.
        for value in values.indices.reversed() {
            if let (whole, column) = whole(of: value) { values[value] = values[whole].moved(by: column) }
        }
        for index in steps.indices {
            steps[index].inputIsPart = steps[index].inputs.map { join(of: $0)?.value == index + 1 }
        }
        if purpose.hasBackward { lowerBackward() }
    }

    func shape(_ value: Int) -> Shape { value == 0 ? network.input : network.nodes[value - 1].shape }

    /// The node whose backward pass takes the gradient by a node's output: itself, or the one before it.
    func backwardComputer(of node: Int) -> Int { steps[node].backward == nil ? steps[node].computer : node }

    private func traits(_ node: Int) -> LayerTraits { network.nodes[node].layer.traits }

    // MARK: Forward

    /// Puts a node into the epilogue of the one before it, as far as both are able to and nobody observes what is between.
    private mutating func fuse(_ index: Int) {
        guard steps[index].inputs.count == 1, steps[index].inputs[0] > 0 else { return }
        let producer = steps[index].inputs[0] - 1
        guard network.readers(of: producer + 1) == [index] else { return }
        let (traits, able) = (traits(index), traits(producer).epilogue)
        if traits.takesInputMoments, able.contains(.moments) {
            steps[producer].epilogue.moments = index
            steps[index].inputMomentsAreGathered = true
        }
        guard !purpose.taps.contains(where: { $0.source == .output(node: producer) }) else { return }
        if let function = traits.nonlinearity, able.contains(.nonlinearity) {
            steps[producer].epilogue.nonlinearity = index
            steps[producer].epilogue.function = function
            steps[index].computer = producer
        }
        let isObserved = purpose.taps.contains { if case .booked(index, _) = $0.source { true } else { false } }
        if traits.isAffineInInference, able.contains(.affine), !purpose.hasBackward, !isObserved {
            steps[producer].epilogue.affine = index
            steps[index].isAffineEpilogue = true
        }
    }

    /// The value in whose memory a value lies, and its first column there; nil if it has memory of its own.
    private func whole(of value: Int) -> (value: Int, column: Int)? {
        guard value > 0 else { return nil }
        let epilogue = steps[value - 1].epilogue
        if let last = epilogue.nonlinearity ?? epilogue.affine { return (last + 1, 0) }
        return join(of: value)
    }

    /// The concatenation of which a value is a strided part, with its first column there; nil if there is none.
    private func join(of value: Int) -> (value: Int, column: Int)? {
        guard value > 0 else { return nil }
        let readers = network.readers(of: value)
        // A reader that takes a whole sample as one row needs its positions next to each other.
        guard shape(value).isFlat || !readers.contains(where: { traits($0).flattensInput }) else { return nil }
        guard let join = readers.first(where: { traits($0).joinsInputs }) else { return nil }
        let inputs = steps[join].inputs
        guard inputs.filter({ $0 == value }).count == 1, let position = inputs.firstIndex(of: value) else { return nil }
        return (join + 1, column(position, of: join))
    }

    /// The first channel of a concatenation's output that one of its inputs takes.
    private func column(_ position: Int, of node: Int) -> Int {
        steps[node].inputs[..<position].reduce(0) { $0 + shape($1).channels }
    }

    // MARK: Backward

    private mutating func lowerBackward() {
        var wanted = [purpose.wantsInputGradient]
        for node in network.nodes { wanted.append(!node.parameters.isEmpty || node.inputs.contains { wanted[$0] }) }
        for (index, step) in steps.enumerated() where wanted[index + 1] {
            if step.computer != index, traits(step.computer).epilogue.contains(.nonlinearityGradient) { continue }
            let traits = traits(index)
            let behind = traits.epilogue.contains(.nonlinearityGradient) ? step.epilogue.nonlinearity : nil
            steps[index].backward = Step.Backward(
                output: (behind ?? index) + 1,
                reads: behind == nil ? traits.backwardReads : traits.backwardReads(behind: step.epilogue.function),
                contributions: step.inputs.map { _ in .unwanted })
        }
        // From the last value to the first, so that where the gradient by a reader's output lies is known.
        for value in wanted.indices.reversed() where wanted[value] { placeGradient(by: value) }
    }

    /// Decides where the gradient by a value lies, and what each backward pass of its readers does for it.
    private mutating func placeGradient(by value: Int) {
        // Inside a fused pair there is no gradient.
        if value > 0, let backward = steps[value - 1].backward, backward.output != value { return }
        let readers = network.readers(of: value)
        if value > 0, readers.count == 1, let reader = readers.first, let backward = steps[reader].backward,
            let whole = gradients[backward.output], let position = steps[reader].inputs.firstIndex(of: value)
        {
            if let join = join(of: value) {
                gradients[value] = whole.moved(by: join.column)
                steps[reader].backward?.contributions[position] = .part
                return
            }
            if fuses, traits(reader).overwritesGradient, steps[reader].inputs.count == 1 {
                gradients[value] = whole
                steps[reader].backward?.contributions[position] = .overwrites
                return
            }
        }
        gradients[value] = Placement(owner: value, column: 0)
        // The last reader runs backwards first and writes; the others add.
        var isFirst = true
        for reader in readers.reversed() {
            let adds = fuses && traits(reader).addsGradient && steps[reader].inputs.count == 1
            for (position, input) in steps[reader].inputs.enumerated() where input == value {
                steps[reader].backward?.contributions[position] = isFirst ? .written : adds ? .added : .copied
                isFirst = false
            }
        }
    }
}
