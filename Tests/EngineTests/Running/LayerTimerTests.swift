@testable import Engine
import Kernels
import Testing

@Suite struct LayerTimerTests {
    private static func network() throws -> Network {
        try Network(
            input: Shape(height: 4, width: 4, channels: 1),
            nodes: [
                Node(name: "conv", layer: Convolution(channels: 2, kernel: 3, weight: Xavier())),
                Node(name: "activate", layer: Rectifier()),
                Node(name: "scores", layer: Dense(units: 3, weight: Xavier())),
            ])
    }

    private static func fill(_ matrix: Matrix, _ labels: inout [Int32]) {
        matrix.fill(1)
        for place in labels.indices { labels[place] = Int32(place % 3) }
    }

    @Test func everyPassOfEveryNodeIsTimedOnceAStep() throws {
        // A clock that is a second later whenever it is read: a pass that is timed once took one.
        var seconds = 0.0
        let timer = LayerTimer(model: Model(try Self.network(), seed: 1), batch: 2, team: Team(threads: 1)) {
            seconds += 1
            return seconds
        }
        let timings = timer.run(steps: 3, fill: Self.fill)
        #expect(timings.map(\.name) == ["conv", "activate", "scores"])
        #expect(timings.map(\.kind) == ["convolution", "relu", "dense"])
        #expect(timings.map(\.multiplyAdds) == [2 * 4 * 9 * 2, 0, 2 * 8 * 3])
        for timing in timings {
            #expect(timing.forward == [1, 1, 1] && timing.backward == [1, 1, 1])
        }
        // Two readings a pass, of three nodes, forward and backward, in three steps.
        #expect(seconds == 36)
    }

    @Test func anIsolatedNodeGivesTheGradientsOfAWholeStep() throws {
        let (whole, isolated) = (Model(try Self.network(), seed: 1), Model(try Self.network(), seed: 1))
        _ = LayerTimer(model: whole, batch: 2, team: Team(threads: 1)).run(steps: 1, fill: Self.fill)
        var passes = 0
        LayerTimer(model: isolated, batch: 2, team: Team(threads: 1), inputGradient: true).isolate(
            node: 0, fill: Self.fill,
            forward: { pass in
                for _ in 0..<3 { pass() }
                passes += 1
            },
            backward: { pass in
                for _ in 0..<3 { pass() }
                passes += 1
            })
        #expect(passes == 2)
        let gradient = try #require(whole.gradient(of: "conv.weight"))
        #expect(isolated.gradient(of: "conv.weight") == gradient)
        #expect(gradient.contains { $0 != 0 })
    }
}
