import Kernels

/// Which layers of a network a program computes together, to spare passes over memory.
///
/// - A nonlinearity is applied by the layer before it, where that is able to, while it writes its output. Its backward
///   pass then takes the nonlinearity's over, where the layer says that it can.
/// - A gradient is written over another or added to what is there, instead of having memory of its own.
/// - The moments of a convolution's output are gathered while it is written, where a batch normalization needs them.
/// - In programs without a backward pass, a normalization writes over its input; and where its statistics are fixed, so that
///   it is an affine map, the product before it applies the map while it writes its output.
///
/// What is computed, and its bits, are the same with and without. A tensor that exists only inside a fused pair cannot be
/// observed, so what a tap reads is not fused.
struct FusionPlan {
    /// For each node, the nonlinearity's node that it computes together with itself.
    private(set) var nonlinearity: [Int?]
    /// For each node, the normalization for which it gathers the moments of its output.
    private(set) var gathersFor: [Int?]
    /// For each node, the normalization that writes over its output, and which it applies itself where that is an affine map.
    private(set) var affine: [Int?]
    /// For each node, whether another node computes its output.
    private(set) var isAbsorbed: [Bool]
    let isEnabled: Bool
    private let network: Network

    /// The fusions of a network; none where they are not wanted.
    ///
    /// - Parameter purpose: What the program is for: what is observed is not fused.
    init(_ network: Network, purpose: ProgramPurpose, isEnabled: Bool) {
        self.network = network
        self.isEnabled = isEnabled
        let count = network.nodes.count
        nonlinearity = Array(repeating: nil, count: count)
        gathersFor = Array(repeating: nil, count: count)
        affine = Array(repeating: nil, count: count)
        isAbsorbed = Array(repeating: false, count: count)
        guard isEnabled else { return }
        for (index, node) in network.nodes.enumerated() where node.inputs.count == 1 && node.inputs[0] > 0 {
            let producer = node.inputs[0] - 1
            guard network.readers(of: producer + 1) == [index] else { continue }
            let able = type(of: network.nodes[producer].layer).fusion
            if node.layer.nonlinearity != nil, able.contains(.nonlinearity), !purpose.taps.contains(output: producer) {
                nonlinearity[producer] = index
                isAbsorbed[index] = true
            }
            if type(of: node.layer).isAffineInInference, able.contains(.affine), !purpose.hasBackward,
                !purpose.taps.contains(output: producer), !purpose.taps.contains(bookedBy: index)
            {
                affine[producer] = index
            }
            if type(of: node.layer).takesGatheredMoments, able.contains(.outputMoments) { gathersFor[producer] = index }
        }
    }

    /// The function that a node applies to its output.
    func function(of node: Int) -> Nonlinearity {
        nonlinearity[node].flatMap { network.nodes[$0].layer.nonlinearity } ?? .identity
    }

    /// The nonlinearity's node whose backward pass a node takes over.
    func backwardTaken(by node: Int) -> Int? {
        type(of: network.nodes[node].layer).fusion.contains(.nonlinearityGradient) ? nonlinearity[node] : nil
    }

    /// The node that computes a node's output: itself, or the one that absorbed it.
    func computer(of node: Int) -> Int { isAbsorbed[node] ? network.nodes[node].inputs[0] - 1 : node }

    /// The node that runs a node's backward pass.
    func backwardComputer(of node: Int) -> Int {
        let computer = computer(of: node)
        return backwardTaken(by: computer) == node ? computer : node
    }

    /// The node before a normalization that applies it where it is an affine map.
    func affineComputer(of node: Int) -> Int? { affine.firstIndex(of: node) }

    /// Whether the moments of a normalization's input are gathered by the node before it.
    func momentsAreGathered(for node: Int) -> Bool { gathersFor.contains(node) }
}

/// What a layer is able to do together with its neighbours.
public struct LayerFusion: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// It applies a nonlinearity to its output as it writes it.
    public static let nonlinearity = LayerFusion(rawValue: 1)
    /// Its backward pass begins behind that nonlinearity.
    public static let nonlinearityGradient = LayerFusion(rawValue: 2)
    /// It has a nonlinearity behind it as a part of both of its passes.
    public static let wholeNonlinearity: LayerFusion = [.nonlinearity, .nonlinearityGradient]
    /// It gathers the moments of its output as it writes it.
    public static let outputMoments = LayerFusion(rawValue: 4)
    /// It applies an affine map of the channels, and then a nonlinearity, to its output as it writes it.
    public static let affine = LayerFusion(rawValue: 8)
}

extension [Tap] {
    /// Whether the output of a node is among them.
    fileprivate func contains(output node: Int) -> Bool {
        contains { tap in
            if case .output(node) = tap.source { true } else { false }
        }
    }

    /// Whether a booked matrix of a node is among them.
    fileprivate func contains(bookedBy node: Int) -> Bool {
        contains { tap in
            if case .booked(node, _) = tap.source { true } else { false }
        }
    }
}
