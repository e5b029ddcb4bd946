@testable import Benchmarks
import Testing

/// A clock that only work moves.
private final class WorkClock {
    var seconds = 0.0
    var calls = 0
    func work(_ duration: Double) {
        seconds += duration
        calls += 1
    }
}

@Suite struct StopwatchTests {
    @Test func tellsHowLongOneExecutionTakes() {
        let clock = WorkClock()
        let stopwatch = Stopwatch(Effort(warmUp: 1, repeatLength: 1, repeats: 3), now: { clock.seconds })
        let sample = stopwatch.seconds { clock.work(0.25) }
        #expect(sample == Sample([0.25, 0.25, 0.25]))
    }

    @Test func aRepeatLastsAtLeastItsLength() {
        let clock = WorkClock()
        let effort = Effort(warmUp: 0, repeatLength: 1, repeats: 5)
        var starts: [Double] = []
        _ = Stopwatch(
            effort,
            now: {
                starts.append(clock.seconds)
                return clock.seconds
            }
        ).seconds { clock.work(0.0625) }
        // The last ten times are the beginnings and the ends of the repeats.
        let repeats = starts.suffix(10)
        let lengths = stride(from: repeats.startIndex, to: repeats.endIndex, by: 2).map { starts[$0 + 1] - starts[$0] }
        #expect(lengths == [1, 1, 1, 1, 1])
    }

    @Test func theWarmUpIsNotMeasured() {
        let clock = WorkClock()
        let stopwatch = Stopwatch(Effort(warmUp: 2, repeatLength: 0, repeats: 2), now: { clock.seconds })
        // Slow for two seconds, fast from then on.
        let sample = stopwatch.seconds { clock.work(clock.seconds < 2 ? 0.5 : 0.125) }
        #expect(sample == Sample([0.125, 0.125]))
    }

    @Test func oneSlowRepeatIsInTheRangeAndNotInTheMedian() {
        let clock = WorkClock()
        let stopwatch = Stopwatch(Effort(warmUp: 0, repeatLength: 0, repeats: 3), now: { clock.seconds })
        let sample = stopwatch.seconds { clock.work(clock.calls == 2 ? 8 : 1) }
        #expect(sample.median == 1)
        #expect(sample.maximum == 8)
    }

    @Test func theLeastEffortWorksOnceBeforeAndOnceARepeat() {
        let clock = WorkClock()
        _ = Stopwatch(.least, now: { clock.seconds }).seconds { clock.work(1) }
        #expect(clock.calls == 3)
    }

    @Test func pairsAreRatiosOfNeighbours() {
        let clock = WorkClock()
        let stopwatch = Stopwatch(Effort(warmUp: 0, repeatLength: 0, repeats: 4), now: { clock.seconds })
        var order = ""
        // Everything becomes slower all the time; the second work always takes twice as long as the first would.
        let (one, other, ratios) = stopwatch.pairs({
            order += "a"
            clock.work(1)
        }) {
            order += "b"
            clock.work(2)
        }
        #expect(one.median == 1)
        #expect(other.median == 2)
        #expect(ratios == Sample([2, 2, 2, 2]))
        #expect(order == "ab" + "ab" + "ba" + "ab" + "ba")
    }
}

@Suite struct SampleTests {
    private static let medians: [([Double], Double)] = [
        ([3], 3), ([2, 1], 1.5), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5), ([9, 1, 1, 1, 1], 1),
    ]

    @Test(arguments: medians)
    func medianIsTheMiddle(_ values: [Double], _ median: Double) {
        let sample = Sample(values)
        #expect(sample.median == median)
        #expect(sample.minimum == values.min())
        #expect(sample.maximum == values.max())
        #expect(sample.count == values.count)
    }

    @Test func aFallingFunctionTurnsTheRange() {
        let rates = Sample([1, 2, 4]).map { 8 / $0 }
        #expect(rates == Sample([8, 4, 2]))
        #expect(rates.spread == Spread(median: 4, minimum: 2, maximum: 8, repeats: 3))
    }
}
