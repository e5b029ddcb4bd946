import Kernels

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
    /// The inputs' values.
    let inputs: [Place]
    /// The output's values.
    let output: Place
    /// For each input, whether its values are already a part of the output's memory.
    let inputIsPart: [Bool]
    /// Where the gradient of each input goes; nil where nobody wants it.
    let inputGradients: [Place?]
    /// For each input, whether its gradient is already a part of the output gradient's memory.
    let gradientIsPart: [Bool]
    /// The output's gradient; nil where nobody wants it.
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
