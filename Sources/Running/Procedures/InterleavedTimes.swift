/// Measures how long pieces of work take against each other: round by round in turns, each for a short while, so that
/// whatever else the machine does affects all of them alike.
///
/// Work that is shorter than a turn is done many times in it, so that the clock's own grain and cost do not show. The
/// round's first piece is another one every time.
struct InterleavedTimes {
    /// How often each piece has its turn.
    let rounds: Int
    /// Seconds that a turn lasts at least.
    let turn: Double
    private let now: () -> Double

    /// Times on the system's monotonic clock.
    ///
    /// - Precondition: there is at least one round.
    init(rounds: Int, turn: Double) {
        let start = ContinuousClock.now
        self.init(rounds: rounds, turn: turn, now: { (ContinuousClock.now - start) / .seconds(1) })
    }

    init(rounds: Int, turn: Double, now: @escaping () -> Double) {
        precondition(rounds > 0, "at least one round")
        self.rounds = rounds
        self.turn = turn
        self.now = now
    }

    /// Seconds that one execution of each piece takes, a number a round.
    func seconds(_ pieces: [() -> Void]) -> [RepeatedTime] {
        let counts = pieces.map(executions)
        var times = [[Double]](repeating: [], count: pieces.count)
        for round in 0..<rounds {
            for place in pieces.indices {
                let index = (round + place) % pieces.count
                let start = now()
                for _ in 0..<counts[index] { pieces[index]() }
                times[index].append((now() - start) / Double(counts[index]))
            }
        }
        return times.map(RepeatedTime.init)
    }

    /// How many executions last a turn. The first ones, in which caches fill, are not counted.
    private func executions(_ piece: () -> Void) -> Int {
        piece()
        var count = 1
        while true {
            let start = now()
            for _ in 0..<count { piece() }
            let elapsed = now() - start
            if elapsed >= turn / 4 { return max(1, Int((Double(count) * turn / elapsed).rounded(.up))) }
            count *= 2
        }
    }
}

/// The repeats of a timed piece of work.
struct RepeatedTime: Sendable, Equatable {
    /// Seconds, in the order of the rounds; at least one.
    let seconds: [Double]

    /// The given repeats.
    ///
    /// - Precondition: there is at least one.
    init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty, "a time needs a repeat")
        self.seconds = seconds
    }

    /// The repeat in the middle; the mean of the middle two where their number is even.
    var median: Double { Self.quantile(seconds, 0.5) }

    /// How unsteady the repeats are: (p90 − p10) / median.
    var spread: Double {
        (Self.quantile(seconds, 0.9) - Self.quantile(seconds, 0.1)) / median
    }

    /// The time divided by another one, tenth percentile by tenth percentile: whatever else a machine does only makes times
    /// longer, and among a tenth of the rounds, in turns, are some that it left alone.
    func ratio(to other: RepeatedTime) -> Double {
        Self.quantile(seconds, 0.1) / Self.quantile(other.seconds, 0.1)
    }

    /// A quantile, interpolated linearly (type 7).
    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
}
