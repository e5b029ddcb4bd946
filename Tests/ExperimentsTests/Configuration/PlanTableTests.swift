import Engine
import Testing

@testable import Running

/// The plan of a training step as `normlab show MODEL --plan` prints it.
@Suite struct PlanTableTests {
    /// The words of each line but the last, without the numbers, which are those of a memory plan.
    private static func lines(_ nodes: [Node]) throws -> [String] {
        let network = try Network(
            input: Shape(height: 5, width: 5, channels: 2),
            nodes: nodes + [Node(name: "scores", layer: Dense(units: 3))],
            initializer: Xavier())
        return PlanTable.text(of: ExecutionPlan(network, batch: 4)).split(separator: "\n").dropLast().map { line in
            line.split { $0 == " " || $0.isNumber }.joined(separator: " ")
        }
    }

    @Test func aConvolutionSaysHowItComputes() throws {
        let lines = try Self.lines([
            Node(name: "conv", layer: Convolution(channels: 4, kernel: 3)),
            Node(name: "norm", layer: BatchNormalization()),
            Node(name: "relu", layer: Rectifier()),
        ])
        #expect(
            lines == [
                "layer kind computed algorithm output at floats last read by input's gradient",
                "conv convolution with moments for norm direct norm backward",
                "norm batch-norm with relu nowhere in place",
                "relu relu by norm scores backward",
                "scores dense loss own memory",
            ])
    }

    @Test func whereNoLayerHasAChoiceThereIsNoColumn() throws {
        let lines = try Self.lines([
            Node(name: "hidden", layer: Dense(units: 6)), Node(name: "tanh", layer: HyperbolicTangent()),
        ])
        #expect(
            lines == [
                "layer kind computed output at floats last read by input's gradient",
                "hidden dense with tanh nowhere",
                "tanh tanh by hidden hidden backward",
                "scores dense loss own memory",
            ])
    }
}
