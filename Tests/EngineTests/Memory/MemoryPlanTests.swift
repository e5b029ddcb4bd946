import Testing

@testable import Engine

@Suite("A memory plan")
struct MemoryPlanTests {
    static let networks: [(name: String, make: @Sendable () throws -> Network)] = [
        ("perceptron", { try Fixtures.perceptron(batchNorm: true) }),
        ("LeNet", { try Fixtures.leNet(batchNorm: true, response: true, dropout: true) }),
        ("inception", { try Fixtures.inception() }),
    ]

    private func plans(_ network: Network) -> [MemoryPlan] {
        let model = Model(network, seed: 1)
        let purposes: [ProgramPurpose] = [
            .training(inputGradient: false), .training(inputGradient: true), .inference, .observation([]),
            .observation(network.taps),
        ]
        return purposes.map { Program(model, batch: 6, purpose: $0).plan }
    }

    @Test("of any program has no conflicts", arguments: networks.indices)
    func noConflicts(index: Int) throws {
        for plan in plans(try Self.networks[index].make()) {
            #expect(plan.conflicts.isEmpty)
            #expect(plan.regions.allSatisfy { $0.range.upperBound <= plan.count })
            #expect(plan.regions.allSatisfy { $0.range.lowerBound % MemoryPlan.granule == 0 })
        }
    }

    @Test("leaves a lane behind every buffer, which its last row is loaded with", arguments: networks.indices)
    func lanesBehind(index: Int) throws {
        let network = try Self.networks[index].make()
        let layout = ProgramLayout(LoweredNetwork(network, purpose: .training(inputGradient: true)), batch: 6)
        let (regions, lowered) = (layout.plan.regions, layout.lowered)
        let ends = regions.filter { !$0.range.isEmpty }.map { ($0.name, $0.range.upperBound) }
        let end = Dictionary(uniqueKeysWithValues: ends)
        func extent(_ region: MatrixRegion) -> Int {
            (6 * region.rowsPerImage - 1) * region.stride + region.columns + region.offset
        }
        for value in lowered.values.indices where lowered.values[value].owner == value {
            let name = value == 0 ? NetworkBuilder.inputName : network.nodes[value - 1].name
            #expect(extent(layout.region(ofValue: value)) + 16 <= end["\(name)/output"] ?? 0)
            guard let gradient = layout.region(ofGradient: value), lowered.gradients[value]?.owner == value else {
                continue
            }
            #expect(extent(gradient) + 16 <= end["\(name)/gradient"] ?? 0)
        }
        for (node, booking) in layout.bookings.enumerated() {
            for (booked, offset) in zip(booking.requests, layout.offsets(of: node)) {
                guard let end = end["\(booking.node)/\(booked.name)"], booked.count > 0 else { continue }
                #expect(offset + booked.count + 16 <= end)
            }
        }
    }

    @Test("uses memory again, and more so where less must be kept", arguments: networks.indices)
    func reuse(index: Int) throws {
        let plans = plans(try Self.networks[index].make())
        let (training, inference, all) = (plans[0], plans[2], plans[4])
        #expect(training.count < training.bookedCount)
        #expect(inference.count < training.count)
        #expect(inference.count < all.count)
    }

    @Test("of random requests has no conflicts and is at least as large as the fullest moment")
    func random() {
        var numbers = Numbers(seed: 8)
        for _ in 0..<50 {
            let requests = (0..<30).map { index in
                let start = Int(numbers.next() % 20)
                return MemoryPlan.Request(
                    name: "\(index)", count: Int(numbers.next() % 300),
                    lifetime: start...(start + Int(numbers.next() % 6)))
            }
            let plan = MemoryPlan(requests)
            #expect(plan.conflicts.isEmpty)
            let fullest = (0..<26).map { moment in
                plan.regions.filter { $0.lifetime.contains(moment) }.reduce(0) { $0 + $1.range.count }
            }.max()
            #expect(plan.count >= fullest ?? 0)
            #expect(plan.count <= plan.bookedCount)
            #expect(zip(requests, plan.regions).allSatisfy { $0.count <= $1.range.count })
        }
    }

    @Test("shares memory exactly where lifetimes are apart")
    func sharing() {
        let apart = MemoryPlan([
            .init(name: "a", count: 16, lifetime: 0...1), .init(name: "b", count: 16, lifetime: 2...3),
        ])
        #expect(apart.count == 16)
        let touching = MemoryPlan([
            .init(name: "a", count: 16, lifetime: 0...2), .init(name: "b", count: 16, lifetime: 2...3),
        ])
        #expect(touching.count == 32)
        #expect(touching.gaps(at: 0) == [16..<32])
        #expect(touching.gaps(at: 2) == [])
        #expect(touching.gaps(at: 3) == [0..<16])
    }

    @Test("would show a conflict")
    func conflict() {
        let regions = [
            MemoryPlan.Region(name: "a", lifetime: 0...2, range: 0..<32),
            MemoryPlan.Region(name: "b", lifetime: 2...3, range: 16..<48),
            MemoryPlan.Region(name: "c", lifetime: 3...4, range: 0..<16),
        ]
        let plan = MemoryPlan(regions: regions)
        #expect(plan.conflicts.map { [$0.0.name, $0.1.name] } == [["a", "b"]])
    }

    @Test("makes a value that only a concatenation reads a part of it")
    func joins() throws {
        let network = try Fixtures.inception()
        let lowered = LoweredNetwork(network, purpose: .training(inputGradient: false))
        let nodes = network.nodes
        func isPart(_ node: String, _ input: Int) throws -> Bool {
            lowered.steps[try #require(nodes.firstIndex { $0.name == node })].inputIsPart[input]
        }
        func gradientIsPart(_ node: Int, _ input: Int) -> Bool {
            lowered.steps[node].backward?.contributions[input] == .part
        }
        #expect(try isPart("inner", 0))
        #expect(try isPart("inner", 1))
        #expect(try isPart("outer", 0))
        // The stem's output stands twice in the join, so it has memory of its own.
        #expect(try !isPart("outer", 1))
        #expect(try isPart("outer", 2))
        #expect(try !isPart("outer", 3))
        #expect(try isPart("join", 0))
        let tail = try #require(nodes.firstIndex { $0.name == "join" })
        #expect(gradientIsPart(tail, 0))
        #expect(gradientIsPart(tail, 1))
        let outer = try #require(nodes.firstIndex { $0.name == "outer" })
        // The inner join has two readers, so its gradient is a sum.
        #expect(!gradientIsPart(outer, 0))
    }
}

extension MemoryPlan {
    /// The pairs of buffers that share memory while both are needed: empty in a valid plan.
    var conflicts: [(Region, Region)] {
        var found: [(Region, Region)] = []
        for (index, one) in regions.enumerated() {
            for other in regions[(index + 1)...]
            where one.range.overlaps(other.range) && one.lifetime.overlaps(other.lifetime) {
                found.append((one, other))
            }
        }
        return found
    }
}
