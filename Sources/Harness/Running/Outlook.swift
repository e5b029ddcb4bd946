/// How much time is left for runs that are made side by side: their expected lengths as weights, and the pace so far.
struct Outlook {
    private let expected: [String: Double]
    private let jobs: Int
    private let start: Double
    /// What part of each run is done, of what was left of it at the start.
    private var shares: [String: Double] = [:]

    /// The outlook on runs.
    ///
    /// - Parameters:
    ///   - expected: the expected seconds of each run by its name; what is not known counts as the mean of the others.
    ///   - jobs: runs at a time.
    ///   - start: the time at which the first begins.
    init(expected: [String: Double?], jobs: Int, start: Double) {
        let known = expected.values.compactMap(\.self)
        let mean = known.isEmpty ? 1 : known.reduce(0, +) / Double(known.count)
        // No run takes no time: the weights never add up to nothing.
        self.expected = expected.mapValues { max($0 ?? mean, 1e-3) }
        self.jobs = jobs
        self.start = start
    }

    /// What part of a run is done, from 0 to 1.
    mutating func advanced(_ name: String, to share: Double) { shares[name] = share }

    /// Seconds until the last run is done. The pace of what was done counts once it says something, before that the
    /// expectation.
    func secondsLeft(at time: Double) -> Double {
        let whole = expected.values.reduce(0, +)
        let done = shares.reduce(0) { $0 + (expected[$1.key] ?? 0) * $1.value }
        let elapsed = time - start
        let saysSomething = elapsed > 2 && done > whole / 50
        return max(0, whole - done) / (saysSomething ? done / elapsed : Double(jobs))
    }
}
