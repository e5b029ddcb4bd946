import Engine

/// How long and how often things are measured.
public struct Effort: Equatable, Sendable {
    /// Seconds of unmeasured work before the first repeat: caches fill, clocks rise, threads wake.
    public var warmUp: Double
    /// Seconds that one repeat lasts at least; work that is shorter is done many times in a repeat.
    public var repeatLength: Double
    /// The number of repeats, at least one.
    public var repeats: Int

    public init(warmUp: Double, repeatLength: Double, repeats: Int) {
        precondition(repeats > 0, "at least one repeat")
        self.warmUp = warmUp
        self.repeatLength = repeatLength
        self.repeats = repeats
    }

    /// For single kernels, of which there are many.
    public static let kernel = Effort(warmUp: 0.01, repeatLength: 0.01, repeats: 7)
    /// For the peaks of the machine, of which the best repeat counts.
    public static let peak = Effort(warmUp: 0.01, repeatLength: 0.01, repeats: 15)
    /// For whole training steps.
    public static let network = Effort(warmUp: 0.3, repeatLength: 0.3, repeats: 5)
    /// For one point of a curve.
    public static let point = Effort(warmUp: 0.1, repeatLength: 0.1, repeats: 5)
    /// For what takes seconds each time.
    public static let run = Effort(warmUp: 0, repeatLength: 0.3, repeats: 3)
    /// Twice and no longer: shows that everything runs, and measures nothing.
    public static let least = Effort(warmUp: 0, repeatLength: 0, repeats: 2)
}

/// The repeats of one measurement: their median stands for them, their range says how steady they were.
public struct Sample: Equatable, Sendable {
    /// The repeats in ascending order; at least one.
    public let values: [Double]

    /// The sample of the given repeats, in any order.
    ///
    /// - Precondition: there is at least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "a sample needs a value")
        self.values = values.sorted()
    }

    /// A number that is known, not measured.
    public init(exactly value: Double) { self.init([value]) }

    /// The middle repeat; the mean of the middle two where their number is even.
    public var median: Double {
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    public var minimum: Double { values[0] }
    public var maximum: Double { values[values.count - 1] }
    public var count: Int { values.count }

    /// The sample of a function of each repeat: of rates, say, from times.
    public func map(_ transform: (Double) -> Double) -> Sample { Sample(values.map(transform)) }
}

/// What is kept of a sample: a row of results.
public struct Spread: Equatable, Sendable {
    public var median: Double
    public var minimum: Double
    public var maximum: Double
    public var repeats: Int

    public init(median: Double, minimum: Double, maximum: Double, repeats: Int) {
        self.median = median
        self.minimum = minimum
        self.maximum = maximum
        self.repeats = repeats
    }
}

extension Sample {
    public var spread: Spread { Spread(median: median, minimum: minimum, maximum: maximum, repeats: count) }
}

/// Measures how long work takes.
///
/// After a warm-up the work is done as many times in each repeat as last the repeat's length, so that the clock's own
/// grain and cost do not show; a repeat's result is the mean over its times.
public struct Stopwatch {
    public let effort: Effort
    private let now: () -> Double

    public init(_ effort: Effort) {
        let start = ContinuousClock.now
        self.init(effort, now: { (ContinuousClock.now - start) / .seconds(1) })
    }

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
    /// machine does affects both alike; which comes first alternates.
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
}
