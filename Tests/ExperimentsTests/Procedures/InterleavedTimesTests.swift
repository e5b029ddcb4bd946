import Testing

@testable import Running

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
