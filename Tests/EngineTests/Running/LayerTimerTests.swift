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
        let timer = LayerTimer(model: Model(try Self.network(), seed: 1), batch: 2, team: Team(threads: 1))
        let timings = timer.run(steps: 3, fill: Self.fill)
        #expect(timings.map(\.name) == ["conv", "activate", "scores"])
        #expect(timings.map(\.kind) == ["convolution", "relu", "dense"])
        #expect(timings.map(\.multiplyAdds) == [2 * 4 * 9 * 2, 0, 2 * 8 * 3])
        for timing in timings {
            #expect(timing.forward.count == 3 && timing.backward.count == 3)
            #expect((timing.forward + timing.backward).allSatisfy { $0 >= 0 })
        }
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

@Suite struct InterleavedTimesTests {
    /// A clock that work moves on.
    private final class Clock {
        var time = 0.0
    }

    @Test func timesAreSecondsOfOneExecution() {
        let clock = Clock()
        let times = InterleavedTimes(rounds: 4, turn: 1, now: { clock.time })
        let found = times.seconds([{ clock.time += 0.125 }, { clock.time += 2 }])
        #expect(found.map(\.seconds) == [[0.125, 0.125, 0.125, 0.125], [2, 2, 2, 2]])
        #expect(found[1].ratio(to: found[0]) == 16 && found[0].spread == 0)
    }

    @Test func piecesTakeTurnsAndEachComesFirst() {
        let clock = Clock()
        var order: [Int] = []
        let pieces = (0..<3).map { index in
            {
                order.append(index)
                clock.time += 1
            }
        }
        _ = InterleavedTimes(rounds: 3, turn: 1, now: { clock.time }).seconds(pieces)
        // Before the rounds each is done twice: once unmeasured, once to see how often it fits.
        #expect(order == [0, 0, 1, 1, 2, 2] + [0, 1, 2] + [1, 2, 0] + [2, 0, 1])
    }

    @Test func whatIsUnsteadyHasASpread() {
        let time = RepeatedTime([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
        #expect(time.median == 6)
        #expect(abs(time.spread - 8.0 / 6) < 1e-12)
        #expect(RepeatedTime([1, 3]).median == 2)
        #expect(RepeatedTime([2, 20, 200]).ratio(to: RepeatedTime([1, 10, 100])) == 2)
        // Rounds in which the machine did something else do not count, not even where they are most.
        #expect(RepeatedTime([90, 3, 3, 80, 70, 99]).ratio(to: RepeatedTime([1, 1, 50, 1, 1, 1])) == 3)
    }
}
