/// Measures how long work takes.
///
/// After a warm-up the work is done as many times in each repeat as last the repeat's length, so that the clock's own
/// grain and cost do not show; a repeat's result is the mean over its times.
public struct Stopwatch {
    /// How long and how often.
    public let effort: Effort
    private let now: () -> Double

    /// A stopwatch on the system's monotonic clock.
    public init(_ effort: Effort) {
        self.init(effort, now: Self.monotonicSeconds)
    }

    /// A stopwatch on any clock, which tells seconds.
    init(_ effort: Effort, now: @escaping () -> Double) {
        self.effort = effort
        self.now = now
    }

    /// Seconds that one execution of `work` takes.
    public func seconds(_ work: () -> Void) -> Sample {
        let times = warmUp(work)
        return Sample(
            (0..<effort.repeats).map { _ in
                let start = now()
                for _ in 0..<times { work() }
                return (now() - start) / Double(times)
            })
    }

    /// Seconds that one execution of `one` and of `other` takes, repeat by repeat in turns, so that whatever else the
    /// machine does meets both alike; which comes first alternates.
    public func pairs(_ one: () -> Void, _ other: () -> Void) -> (one: Sample, other: Sample, ratios: Sample) {
        let times = warmUp {
            one()
            other()
        }
        func measured(_ work: () -> Void) -> Double {
            let start = now()
            for _ in 0..<times { work() }
            return (now() - start) / Double(times)
        }
        var results: [(one: Double, other: Double)] = []
        for index in 0..<effort.repeats {
            if index % 2 == 0 {
                let first = measured(one)
                results.append((first, measured(other)))
            } else {
                let first = measured(other)
                results.append((measured(one), first))
            }
        }
        return (
            Sample(results.map(\.one)), Sample(results.map(\.other)), Sample(results.map { $0.other / $0.one })
        )
    }

    /// Works through the warm-up and finds how many executions last a repeat.
    private func warmUp(_ work: () -> Void) -> Int {
        let start = now()
        var count = 0
        repeat {
            work()
            count += 1
        } while now() - start < effort.warmUp
        guard effort.repeatLength > 0 else { return 1 }
        // The first executions are slow; what counts is how long the later ones take.
        var times = 1
        while true {
            let begin = now()
            for _ in 0..<times { work() }
            let elapsed = now() - begin
            if elapsed >= effort.repeatLength / 4 {
                return max(1, Int((Double(times) * effort.repeatLength / elapsed).rounded(.up)))
            }
            times *= 2
        }
    }

    /// Seconds of a clock that nobody sets.
    static func monotonicSeconds() -> Double {
        let elapsed = origin.duration(to: .now).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }

    private static let origin = ContinuousClock.now
}
