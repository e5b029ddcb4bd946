import Kernels

/// What a program is compiled for, which decides what stays in memory and for how long.
enum ProgramPurpose {
    /// Forward, loss and backward; with the gradient by the network's input too if it is wanted. The tapped tensors stay.
    case training(inputGradient: Bool, taps: [Tap] = [])
    /// Forward, and backward from wherever a gradient is put, in parts and again and again: nothing is fused, everything
    /// stays, and the gradient by the network's input is computed too.
    case differentiation
    /// Forward and loss; a value is forgotten when its last reader has read it.
    case inference
    /// Forward; the tapped tensors stay.
    case observation([Tap])

    var hasBackward: Bool {
        switch self {
        case .training, .differentiation: true
        case .inference, .observation: false
        }
    }
    var wantsInputGradient: Bool {
        switch self {
        case .training(let wanted, _): wanted
        case .differentiation: true
        case .inference, .observation: false
        }
    }
    /// Whether every buffer stays in memory from the first moment to the last, so that passes can be repeated.
    var keepsEverything: Bool { if case .differentiation = self { true } else { false } }
    var taps: [Tap] {
        switch self {
        case .training(_, let taps), .observation(let taps): taps
        case .inference, .differentiation: []
        }
    }
}

/// The moments of a program with `nodes` nodes: the fill, each forward pass, the loss, each backward pass.
struct Timeline: Sendable {
    let nodes: Int
    let hasBackward: Bool

    /// The network's input is filled in.
    var fill: Int { 0 }
    /// Node i computes its output.
    func forward(_ node: Int) -> Int { 1 + node }
    /// The loss is computed from the last node's output, and in training its gradient.
    var loss: Int { 1 + nodes }
    /// Node i computes its gradients.
    func backward(_ node: Int) -> Int { 1 + 2 * nodes - node }
    /// The last moment.
    var end: Int { hasBackward ? backward(0) : loss }
    /// From the first moment to the last.
    var all: ClosedRange<Int> { fill...end }

    /// The moments of a booking's lifetime for node i; nil where the program has no such moment.
    func moments(_ lifetime: BookingLifetime, of node: Int) -> ClosedRange<Int>? {
        switch lifetime {
        case .forward, .fromInput: forward(node)...forward(node)
        case .backward: hasBackward ? backward(node)...backward(node) : nil
        case .untilBackward: forward(node)...(hasBackward ? backward(node) : forward(node))
        case .program: all
        case .observed: nil
        }
    }
}

/// Decides, before any memory exists, which buffers a program needs, for how long, and which are parts of others.
///
/// Values are numbered: 0 is the network's input, i + 1 the output of node i. A value that only feeds a concatenation is
/// a strided part of the concatenation's output, so joining costs nothing; likewise its gradient.
struct ProgramLayout {
    let network: Network
    let batch: Int
    let purpose: ProgramPurpose
    let timeline: Timeline
    let fusion: FusionPlan

    /// A matrix's buffer: the request that holds it, and where it starts in each row of that buffer.
    struct Part {
        let request: Int
        let column: Int
        let stride: Int
    }

    private(set) var requests: [MemoryPlan.Request] = []
    /// The buffer of each value.
    private(set) var values: [Part] = []
    /// The buffer of the gradient by each value; nil where it is not needed.
    private(set) var gradients: [Part?] = []
    /// For each node and input, the buffer in which its share of a gradient waits to be added; nil where it goes directly
    /// to the gradient.
    private(set) var shares: [[Part?]] = []
    /// For each node, whether it adds the gradient by its input to what other readers have left there.
    private(set) var addsGradient: [Bool] = []
    /// For each node, the requests of its booked slots; nil for what is not observed.
    private(set) var slots: [[Int?]] = []
    /// For each node, its named matrices.
    private(set) var matrices: [[String: MatrixSlot]] = []
    private(set) var operations: [any Operation] = []
    /// The request of the head's probabilities.
    private(set) var probabilities = 0

    init(_ network: Network, batch: Int, purpose: ProgramPurpose, fusion: FusionPlan) {
        self.fusion = fusion
        self.network = network
        self.batch = batch
        self.purpose = purpose
        timeline = Timeline(nodes: network.nodes.count, hasBackward: purpose.hasBackward)
        layOutValues()
        layOutGradients()
        layOutBookings()
        probabilities = request(
            "loss/probabilities", count: batch * network.classes, timeline.loss...timeline.loss)
    }

    private mutating func request(_ name: String, count: Int, _ lifetime: ClosedRange<Int>) -> Int {
        requests.append(
            MemoryPlan.Request(name: name, count: count, lifetime: purpose.keepsEverything ? timeline.all : lifetime))
        return requests.count - 1
    }

    func shape(_ value: Int) -> Shape { value == 0 ? network.input : network.nodes[value - 1].shape }
    private func name(_ value: Int) -> String {
        value == 0 ? NetworkBuilder.inputName : network.nodes[value - 1].name
    }

    // MARK: Values

    /// The moments in which a value must be in memory.
    private func lifetime(_ value: Int) -> ClosedRange<Int> {
        let birth = value == 0 ? timeline.fill : timeline.forward(fusion.computer(of: value - 1))
        var death = birth
        for reader in network.readers(of: value) {
            death = max(death, timeline.forward(reader))
            if purpose.hasBackward, network.nodes[reader].layer.backwardReads.contains(.inputs) {
                death = max(death, timeline.backward(reader))
            }
        }
        if value == network.nodes.count { death = max(death, timeline.loss) }
        if value > 0, purpose.hasBackward {
            let computer = fusion.backwardComputer(of: value - 1)
            let layer = network.nodes[computer].layer
            let reads =
                computer == value - 1 ? layer.backwardReads : layer.backwardReads(behind: fusion.function(of: computer))
            if reads.contains(.output) { death = max(death, timeline.backward(computer)) }
        }
        let isTapped = purpose.taps.contains { tap in
            if case .output(let node) = tap.source { node + 1 == value } else { false }
        }
        return birth...(isTapped ? timeline.end : death)
    }

    /// The concatenation of which a value is a strided part, with its first column there; nil if it has a buffer of its own.
    private func join(of value: Int) -> (value: Int, column: Int)? {
        guard value > 0 else { return nil }
        let readers = network.readers(of: value)
        // A reader that takes a whole sample as one row needs its positions next to each other.
        let isFlattened = readers.contains { type(of: network.nodes[$0].layer).flattensInput }
        guard !isFlattened || shape(value).isFlat else { return nil }
        guard let join = readers.first(where: { network.nodes[$0].layer is Concatenation }) else { return nil }
        let inputs = network.nodes[join].inputs
        guard inputs.filter({ $0 == value }).count == 1, let position = inputs.firstIndex(of: value) else { return nil }
        return (join + 1, column(position, of: join))
    }

    private mutating func layOutValues() {
        let count = network.nodes.count + 1
        var roots = [(value: Int, column: Int)](repeating: (0, 0), count: count)
        var lifetimes = (0..<count).map(lifetime)
        // Joins come after their inputs, so going backwards every join knows its own root already.
        for value in (0..<count).reversed() {
            let writer = value > 0 ? fusion.nonlinearity[value - 1] ?? fusion.affine[value - 1] : nil
            if let whole = writer.map({ (value: $0 + 1, column: 0) }) ?? join(of: value) {
                roots[value] = (roots[whole.value].value, roots[whole.value].column + whole.column)
                let root = roots[value].value
                lifetimes[root] =
                    min(
                        lifetimes[root].lowerBound, lifetimes[value].lowerBound)...max(
                        lifetimes[root].upperBound, lifetimes[value].upperBound)
            } else {
                roots[value] = (value, 0)
            }
        }
        var buffers: [Int: Int] = [:]
        for value in 0..<count where roots[value].value == value {
            buffers[value] = request("\(name(value))/output", count: batch * shape(value).count, lifetimes[value])
        }
        values = roots.map { root in
            Part(request: buffers[root.value] ?? 0, column: root.column, stride: shape(root.value).channels)
        }
    }

    // MARK: Gradients

    /// For each value, whether the gradient by it is wanted.
    private func wanted() -> [Bool] {
        var wanted = [purpose.wantsInputGradient]
        for node in network.nodes { wanted.append(!node.parameters.isEmpty || node.inputs.contains { wanted[$0] }) }
        return wanted
    }

    private mutating func layOutGradients() {
        gradients = Array(repeating: nil, count: network.nodes.count + 1)
        shares = network.nodes.map { Array(repeating: nil, count: $0.inputs.count) }
        addsGradient = Array(repeating: false, count: network.nodes.count)
        guard purpose.hasBackward else { return }
        let wanted = wanted()
        // From the last value to the first: a part's whole is laid out before it. The lifetimes of a whole already cover
        // its parts' births; a part's death comes with its producer's backward pass, which may be later.
        for value in wanted.indices.reversed() where wanted[value] {
            let readers = network.readers(of: value)
            let death = value == 0 ? timeline.end : timeline.backward(fusion.backwardComputer(of: value - 1))
            if value > 0, fusion.backwardTaken(by: value - 1) != nil { continue }
            if readers.count == 1, let join = join(of: value), let whole = gradients[join.value] {
                gradients[value] = Part(
                    request: whole.request, column: whole.column + join.column, stride: whole.stride)
                extend(whole.request, to: death)
                continue
            }
            if value > 0, readers.count == 1, let over = overwritten(by: readers[0]) {
                gradients[value] = over
                extend(over.request, to: death)
                continue
            }
            let birth = readers.last.map(timeline.backward) ?? timeline.loss
            let buffer = request(
                "\(name(value))/gradient", count: batch * shape(value).count, birth...max(birth, death))
            gradients[value] = Part(request: buffer, column: 0, stride: shape(value).channels)
            layOutShares(of: value, readers: readers)
        }
    }

    /// The gradient by a node's output, where the node writes the gradient by its input over it.
    private func overwritten(by node: Int) -> Part? {
        guard fusion.isEnabled, type(of: network.nodes[node].layer).overwritesGradient,
            network.nodes[node].inputs.count == 1
        else {
            return nil
        }
        return gradients[(fusion.backwardTaken(by: node) ?? node) + 1]
    }

    /// Every reader but the first to run backwards adds to the gradient, or puts its share beside it, to be added.
    private mutating func layOutShares(of value: Int, readers: [Int]) {
        var isFirst = true
        for reader in readers.reversed() {
            for (position, input) in network.nodes[reader].inputs.enumerated() where input == value {
                defer { isFirst = false }
                guard !isFirst else { continue }
                if fusion.isEnabled, type(of: network.nodes[reader].layer).addsGradient {
                    addsGradient[reader] = true
                    continue
                }
                let moment = timeline.backward(reader)
                let buffer = request(
                    "\(network.nodes[reader].name)/share of \(name(value))/gradient",
                    count: batch * shape(value).count, moment...moment)
                shares[reader][position] = Part(request: buffer, column: 0, stride: shape(value).channels)
            }
        }
    }

    private mutating func extend(_ request: Int, to death: Int) {
        let old = requests[request]
        requests[request] = MemoryPlan.Request(
            name: old.name, count: old.count,
            lifetime: old.lifetime.lowerBound...max(old.lifetime.upperBound, death))
    }

    // MARK: Parts

    /// The first channel of a concatenation's output that one of its inputs takes.
    private func column(_ position: Int, of node: Int) -> Int {
        network.nodes[node].inputs[..<position].reduce(0) { $0 + shape($1).channels }
    }

    /// Whether an input of a node lies in the node's output already, in its place there.
    func valueIsPart(node: Int, position: Int) -> Bool {
        isPart(values[network.nodes[node].inputs[position]], of: values[node + 1], node, position)
    }

    /// Whether the gradient by an input of a node lies in the gradient by the node's output already, in its place there.
    func gradientIsPart(node: Int, position: Int) -> Bool {
        guard let part = gradients[network.nodes[node].inputs[position]], let whole = gradients[node + 1] else {
            return false
        }
        return shares[node][position] == nil && isPart(part, of: whole, node, position)
    }

    private func isPart(_ part: Part, of whole: Part, _ node: Int, _ position: Int) -> Bool {
        network.nodes[node].layer is Concatenation && part.request == whole.request
            && part.column == whole.column + column(position, of: node)
    }

    // MARK: Bookings

    private mutating func layOutBookings() {
        for (index, node) in network.nodes.enumerated() {
            var booking = Booking(node: node.name, batch: batch, inputs: node.inputShapes, output: node.shape)
            operations.append(node.layer.operation(&booking))
            let tapped = Set(
                purpose.taps.compactMap { tap -> String? in
                    if case .booked(index, let name) = tap.source { name } else { nil }
                })
            slots.append(
                booking.requests.map { booked in
                    if booked.lifetime == .observed, !tapped.contains(booked.name) { return nil }
                    var lifetime = timeline.moments(booked.lifetime, of: index)
                    if booked.lifetime == .fromInput, fusion.momentsAreGathered(for: index) {
                        lifetime = timeline.forward(node.inputs[0] - 1)...timeline.forward(index)
                    }
                    if let computer = fusion.affineComputer(of: index), let own = lifetime {
                        lifetime = timeline.forward(computer)...own.upperBound
                    }
                    let kept = tapped.contains(booked.name) ? timeline.forward(index)...timeline.end : lifetime
                    return request(
                        "\(node.name)/\(booked.name)", count: kept == nil ? 0 : booked.count,
                        kept ?? timeline.fill...timeline.fill)
                })
            matrices.append(booking.matrices)
        }
    }
}
