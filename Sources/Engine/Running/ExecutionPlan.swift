import Kernels

/// What a training step computes, in which order, in which memory, and what of it together: the plan of a program, for
/// people to read.
public struct ExecutionPlan: Sendable {
    public struct Entry: Sendable {
        public let name: String
        public let kind: String
        /// What is computed with it, or by whom it is computed: `with relu conv1/activate`, `by conv1/normalize`.
        public let fusion: String
        /// How it computes, where there is a choice: `direct`; empty for most layers.
        public let algorithm: String
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
        let lowered = LoweredNetwork(network, purpose: .training(inputGradient: false), fuses: fuses)
        let layout = ProgramLayout(lowered, batch: batch)
        memory = layout.plan
        entries = lowered.steps.map { step in
            let node = network.nodes[step.node]
            let (region, buffer) = (layout.region(ofValue: step.node + 1), layout.buffer(ofValue: step.node + 1))
            return Entry(
                name: node.name, kind: type(of: node.layer).kind, fusion: Self.fusion(step, network),
                algorithm: layout.operations[step.node].algorithm,
                output: step.epilogue.nonlinearity == nil ? buffer.range : nil,
                isPart: region.stride != region.columns,
                lastReader: layout.timeline.pass(at: buffer.lifetime.upperBound, in: network),
                gradient: step.backward.map(Self.gradient) ?? "")
        }
    }

    private static func fusion(_ step: Step, _ network: Network) -> String {
        func name(_ node: Int) -> String { network.nodes[node].name }
        if step.computer != step.node {
            return "by \(name(step.computer))" + (step.backward == nil ? "" : ", forward only")
        }
        let parts =
            (step.epilogue.nonlinearity.map { [name($0)] } ?? [])
            + (step.epilogue.moments.map { ["moments for \(name($0))"] } ?? [])
        return parts.isEmpty ? "" : "with " + parts.joined(separator: ", ")
    }

    private static func gradient(_ backward: Step.Backward) -> String {
        if backward.contributions.contains(.copied) { return "added from a copy" }
        return switch backward.contributions[0] {
        case .unwanted, .copied: ""
        case .written: "own memory"
        case .overwrites, .part: "in place"
        case .added: "added"
        }
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
