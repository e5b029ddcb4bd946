import Kernels

/// What it costs to share a loop out: the time by which a loop of one item a thread, on all threads, is longer than one
/// item on one thread.
enum TeamCost {
    /// Seconds of starting and joining a team of some threads that are awake.
    static func measure(threads: Int, effort: Effort) -> Sample {
        let (alone, team) = (Team(threads: 1), Team(threads: threads))
        let sums = Storage(count: 16 * threads)
        // Items of some microseconds, as those of small layers: threads stay awake from loop to loop.
        @Sendable func work(_ item: Int) {
            sums.vector(offset: 16 * item, count: 1)[0] = ArithmeticPeak.someMicroseconds()
        }
        let (one, all, _) = Stopwatch(effort).pairs({ alone.forEach(1, work) }, { team.forEach(threads, work) })
        return all.map { max($0 - one.median, 0) }
    }
}
