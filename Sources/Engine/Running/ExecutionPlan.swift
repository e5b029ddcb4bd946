import Kernels

/// What a training step computes, in which order, in which memory, and what of it together: the plan of a program, for
/// people to read.
public struct ExecutionPlan: Sendable {
    public struct Entry: Sendable {
        public let name: String
        public let kind: String
        /// What is computed with it, or by whom it is computed: `with relu conv1/activate`, `by conv1/normalize`.
        public let fusion: String
        /// The floats of its output in the slab; nil where that exists only inside a fused pair.
        public let output: Range<Int>?
        /// Whether its output is a strided part of a concatenation's.
        public let isPart: Bool
        /// The node whose pass reads its output last, and whether that is a backward pass.
        public let lastReader: (name: String, isBackward: Bool)
        /// How the gradient by its first input gets where it belongs: `own memory`, `in place`, `added`, or nothing.
        public let gradient: String
    }

    /// The nodes in the order of the forward pass; the backward pass goes the other way.
    public let entries: [Entry]
    /// Where every buffer lies, and when.
    public let memory: MemoryPlan
    public let batch: Int

    /// The plan of training a network.
    ///
    /// - Parameter fuses: Whether layers are computed together where they can be.
    public init(_ network: Network, batch: Int, fuses: Bool = true) {
        self.batch = batch
        let fusion = FusionPlan(network, purpose: .training(inputGradient: false), isEnabled: fuses)
        let layout = ProgramLayout(
            network, batch: batch, purpose: .training(inputGradient: false), fusion: fusion)
        let memory = MemoryPlan(layout.requests)
        self.memory = memory
        entries = network.nodes.indices.map { index in
            let node = network.nodes[index]
            let part = layout.values[index + 1]
            let region = memory.regions[part.request]
            let isHidden = fusion.nonlinearity[index] != nil
            return Entry(
                name: node.name, kind: type(of: node.layer).kind, fusion: Self.fusion(of: index, fusion, network),
                output: isHidden ? nil : region.range, isPart: part.stride != node.shape.channels,
                lastReader: layout.timeline.pass(at: region.lifetime.upperBound, in: network),
                gradient: Self.gradient(of: index, layout, fusion))
        }
    }

    private static func fusion(of index: Int, _ fusion: FusionPlan, _ network: Network) -> String {
        func name(_ node: Int) -> String { network.nodes[node].name }
        if fusion.isAbsorbed[index] {
            let computer = fusion.computer(of: index)
            return "by \(name(computer))" + (fusion.backwardComputer(of: index) == index ? ", forward only" : "")
        }
        var parts = fusion.nonlinearity[index].map { [name($0)] } ?? []
        if let reader = fusion.gathersFor[index] { parts.append("moments for \(name(reader))") }
        return parts.isEmpty ? "" : "with " + parts.joined(separator: ", ")
    }

    private static func gradient(of index: Int, _ layout: ProgramLayout, _ fusion: FusionPlan) -> String {
        let node = layout.network.nodes[index]
        guard fusion.backwardComputer(of: index) == index, let input = node.inputs.first,
            let gradient = layout.gradients[input]
        else { return "" }
        if layout.addsGradient[index] { return "added" }
        if layout.shares[index].contains(where: { $0 != nil }) { return "added from a copy" }
        let output = layout.gradients[(fusion.backwardTaken(by: index) ?? index) + 1]
        return output?.request == gradient.request ? "in place" : "own memory"
    }
}

extension Timeline {
    /// Whose pass a moment is.
    fileprivate func pass(at moment: Int, in network: Network) -> (name: String, isBackward: Bool) {
        if moment <= fill { return (NetworkBuilder.inputName, false) }
        if moment < loss { return (network.nodes[moment - 1].name, false) }
        if moment == loss { return ("loss", false) }
        return (network.nodes[1 + 2 * nodes - moment].name, true)
    }
}
