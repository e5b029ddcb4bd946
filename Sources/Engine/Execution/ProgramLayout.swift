import Kernels

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
        case .forward: forward(node)...forward(node)
        case .backward: hasBackward ? backward(node)...backward(node) : nil
        case .untilBackward: forward(node)...(hasBackward ? backward(node) : forward(node))
        case .program: all
        case .observed: nil
        }
    }
}

/// Decides, before any memory exists, which buffers the steps of a program need, and for how long.
struct ProgramLayout {
    let lowered: LoweredNetwork
    let batch: Int
    let timeline: Timeline

    private var requests: [MemoryPlan.Request] = []
    /// The requests of the values and of the gradients by them that have memory of their own, by value.
    private var values: [Int: Int] = [:]
    private var gradients: [Int: Int] = [:]
    /// For each node and input, the request in which its contribution to a gradient waits to be added.
    private var copies: [[Int?]] = []
    /// For each node, the requests of its booked slots; nil for what is not observed.
    private var slots: [[Int?]] = []
    private var probabilities = 0
    /// For each node, its layer bound to what it has booked.
    private(set) var operations: [any Operation] = []
    /// For each node, the bookings themselves.
    private(set) var bookings: [Booking] = []
    private(set) var plan = MemoryPlan([])

    init(_ lowered: LoweredNetwork, batch: Int) {
        self.lowered = lowered
        self.batch = batch
        timeline = Timeline(nodes: lowered.steps.count, hasBackward: lowered.purpose.hasBackward)
        layOutValues()
        layOutGradients()
        for step in lowered.steps { layOutBookings(of: step) }
        probabilities = request(
            "loss/probabilities", count: batch * lowered.network.classes, timeline.loss...timeline.loss)
        plan = MemoryPlan(requests)
    }

    // MARK: Regions

    /// The buffer in which a value lies, from the first to the last moment of all that lies in it.
    func buffer(ofValue value: Int) -> MemoryPlan.Region { plan.regions[values[lowered.values[value].owner] ?? 0] }

    func region(ofValue value: Int) -> MatrixRegion { region(value, lowered.values[value], values) }

    /// The region of the gradient by a value; nil where it is not needed.
    func region(ofGradient value: Int) -> MatrixRegion? {
        lowered.gradients[value].map { region(value, $0, gradients) }
    }

    /// For each input of a node, where its contribution to the gradient waits to be added; nil where it goes there directly.
    func copies(of step: Step) -> [MatrixRegion?] {
        zip(copies[step.node], step.inputs).map { copy, value in
            copy.map { region(value, .init(owner: value, column: 0), [value: $0]) }
        }
    }

    /// The offsets of a node's booked buffers, by slot; −1 for what is not observed.
    func offsets(of node: Int) -> [Int] { slots[node].map { $0.map(plan.offset) ?? -1 } }

    /// The offset of the head's probabilities.
    var probabilitiesOffset: Int { plan.offset(of: probabilities) }

    private func region(_ value: Int, _ place: LoweredNetwork.Placement, _ requests: [Int: Int]) -> MatrixRegion {
        let shape = lowered.shape(value)
        return MatrixRegion(
            offset: plan.offset(of: requests[place.owner] ?? 0) + place.column, rowsPerImage: shape.positions,
            columns: shape.channels, stride: lowered.shape(place.owner).channels)
    }

    // MARK: Requests

    /// Requests a buffer with a lane of memory behind it: kernels load the end of its last row whole, while another thread may
    /// be writing the buffer that comes next.
    private mutating func request(_ name: String, count: Int, _ lifetime: ClosedRange<Int>) -> Int {
        let kept = lowered.purpose.keepsEverything ? timeline.all : lifetime
        let room = count > 0 ? count + Storage.reach : 0
        requests.append(MemoryPlan.Request(name: name, count: room, lifetime: kept))
        return requests.count - 1
    }

    private func name(_ value: Int) -> String {
        value == 0 ? NetworkBuilder.inputName : lowered.network.nodes[value - 1].name
    }

    // MARK: Values and gradients

    /// For each value, the moments from when it is written to when it is read last.
    private func lifetimes() -> [ClosedRange<Int>] {
        var lifetimes = [timeline.fill...timeline.fill]
        for step in lowered.steps {
            let written = timeline.forward(step.computer)
            lifetimes.append(written...written)
            for input in step.inputs { lifetimes[input].extend(to: timeline.forward(step.node)) }
        }
        lifetimes[lowered.steps.count].extend(to: timeline.loss)
        for step in lowered.steps {
            guard let backward = step.backward else { continue }
            let moment = timeline.backward(step.node)
            if backward.reads.contains(.inputs) { for input in step.inputs { lifetimes[input].extend(to: moment) } }
            if backward.reads.contains(.output) { lifetimes[backward.output].extend(to: moment) }
        }
        for tap in lowered.purpose.taps {
            if case .output(let node) = tap.source { lifetimes[node + 1].extend(to: timeline.end) }
        }
        return lifetimes
    }

    private mutating func layOutValues() {
        // Memory is needed as long as anything that lies in it.
        var lifetimes = lifetimes()
        for (value, place) in lowered.values.enumerated() { lifetimes[place.owner].extend(over: lifetimes[value]) }
        for (value, place) in lowered.values.enumerated() where place.owner == value {
            values[value] = request(
                "\(name(value))/output", count: batch * lowered.shape(value).count, lifetimes[value])
        }
    }

    private mutating func layOutGradients() {
        copies = lowered.steps.map { step in step.inputs.map { _ in nil } }
        for value in lowered.gradients.indices.reversed() {
            guard let place = lowered.gradients[value] else { continue }
            let last = value == 0 ? timeline.end : timeline.backward(lowered.backwardComputer(of: value - 1))
            if let whole = gradients[place.owner] {
                requests[whole].lifetime.extend(to: last)
                continue
            }
            let readers = lowered.network.readers(of: value)
            let first = readers.last.map(timeline.backward) ?? timeline.loss
            gradients[value] = request(
                "\(name(value))/gradient", count: batch * lowered.shape(value).count, first...max(first, last))
            for reader in readers.reversed() { layOutCopies(of: value, by: lowered.steps[reader]) }
        }
    }

    /// The buffers in which a reader's contributions to the gradient by a value wait to be added.
    private mutating func layOutCopies(of value: Int, by reader: Step) {
        guard let contributions = reader.backward?.contributions else { return }
        let moment = timeline.backward(reader.node)
        for (position, input) in reader.inputs.enumerated()
        where input == value && contributions[position] == .copied {
            copies[reader.node][position] = request(
                "\(name(reader.node + 1))/contribution to \(name(value))/gradient",
                count: batch * lowered.shape(value).count, moment...moment)
        }
    }

    // MARK: Bookings

    private mutating func layOutBookings(of step: Step) {
        let node = lowered.network.nodes[step.node]
        var booking = Booking(node: node.name, batch: batch, inputs: node.inputShapes, output: node.shape)
        operations.append(node.layer.operation(&booking))
        bookings.append(booking)
        let tapped = lowered.purpose.taps.compactMap { tap in
            if case .booked(step.node, let name) = tap.source { name } else { nil }
        }
        slots.append(
            booking.requests.enumerated().map { index, booked in
                let isTapped = tapped.contains(booked.name)
                if booked.lifetime == .observed, !isTapped { return nil }
                var lifetime =
                    isTapped
                    ? timeline.forward(step.node)...timeline.end : timeline.moments(booked.lifetime, of: step.node)
                // What the node before it computes for it is in use from then on.
                if step.isAffineEpilogue || step.inputMomentsAreGathered && index == booking.inputMoments?.index {
                    lifetime = lifetime.map { timeline.forward(step.inputs[0] - 1)...$0.upperBound }
                }
                return request(
                    "\(node.name)/\(booked.name)", count: lifetime == nil ? 0 : booked.count,
                    lifetime ?? timeline.fill...timeline.fill)
            })
    }
}

extension ClosedRange<Int> {
    fileprivate mutating func extend(to moment: Int) { self = lowerBound...Swift.max(upperBound, moment) }

    fileprivate mutating func extend(over other: ClosedRange<Int>) {
        self = Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
