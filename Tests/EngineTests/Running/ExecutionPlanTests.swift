import Kernels
import Testing

@testable import Engine

/// The plan as people read it says what the program does.
@Suite("The plan of a training step")
struct ExecutionPlanTests {
    @Test("names what is computed together, in which memory, and how gradients travel")
    func golden() throws {
        let plan = ExecutionPlan(try Fixtures.leNet(batchNorm: true, response: true), batch: 3)
        func line(_ entry: ExecutionPlan.Entry) -> String {
            let reader = entry.lastReader.name + (entry.lastReader.isBackward ? " backward" : "")
            return [entry.name, entry.fusion, entry.output == nil ? "nowhere" : reader, entry.gradient]
                .joined(separator: "; ")
        }
        #expect(plan.entries.map(line) == Self.expected)
    }

    private static let expected = [
        "conv1; with moments for norm1; norm1 backward; ",
        "norm1; ; respond1 backward; in place",
        "respond1; ; respond1 backward; own memory",
        "pool1; ; conv2 backward; own memory",
        "conv2; with moments for norm2; norm2 backward; own memory",
        "norm2; ; respond2 backward; in place",
        "respond2; ; respond2 backward; own memory",
        "pool2; ; ip1 backward; own memory",
        "ip1; ; norm3 backward; own memory",
        "norm3; with relu1; nowhere; in place",
        "relu1; by norm3; ip2 backward; ",
        "ip2; ; loss; own memory",
    ]

    @Test("says how a convolution computes, and nothing of layers without a choice")
    func algorithms() throws {
        let plan = ExecutionPlan(try Fixtures.leNet(batchNorm: true), batch: 3)
        let named = plan.entries.filter { !$0.algorithm.isEmpty }.map { "\($0.name): \($0.algorithm)" }
        #expect(named == ["conv1: direct", "conv2: winograd"])
    }

    @Test("keeps layers apart where that is asked for")
    func apart() throws {
        let plan = ExecutionPlan(try Fixtures.leNet(batchNorm: true), batch: 3, fuses: false)
        #expect(plan.entries.allSatisfy { $0.fusion.isEmpty && $0.output != nil && $0.gradient != "in place" })
        let fused = ExecutionPlan(try Fixtures.leNet(batchNorm: true), batch: 3)
        #expect(fused.memory.bookedCount < plan.memory.bookedCount)
    }

    @Test("fuses nothing that is observed: every tap has the same bits fused and apart")
    func observed() throws {
        for network in [try Fixtures.leNet(batchNorm: true, response: true), try Fixtures.inception()] {
            let model = Fixtures.train(network, steps: 2).model
            for tap in network.taps {
                let tensors = [true, false].map { fuses in
                    let program = Program(
                        model, batch: 4, purpose: .observation([tap]), poisonsReleasedMemory: true, fuses: fuses)
                    var labels: [Int32] = []
                    Fixtures.fill(network, step: 5)(program.input(images: 4), &labels)
                    program.forward(images: 4, phase: .inference(.batch), team: Team(threads: 2))
                    return program.tensor(tap, images: 4).elements.map(\.bitPattern)
                }
                #expect(tensors[0] == tensors[1], "\(tap.address)")
                #expect(!tensors[0].contains(Float.nan.bitPattern), "\(tap.address)")
            }
        }
    }
}
