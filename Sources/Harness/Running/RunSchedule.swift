/// When runs of known length begin and end that are made in their order, each where first a job is free.
public struct RunSchedule: Equatable, Sendable {
    /// The seconds of each group, from the beginning of its first run to the end of its last; 0 for one without runs.
    public let groups: [Double]
    /// The seconds until the last run has ended.
    public let whole: Double

    /// The schedule of runs.
    ///
    /// - Parameters:
    ///   - runs: the group, from 0, and the length in seconds of each run on the threads of one job.
    ///   - groupCount: the number of groups.
    ///   - jobs: runs at a time, at least one.
    public init(_ runs: [(group: Int, seconds: Double)], groupCount: Int, jobs: Int) {
        var free = [Double](repeating: 0, count: max(jobs, 1))
        var spans = [ClosedRange<Double>?](repeating: nil, count: groupCount)
        // The runs that the last ones share all threads with; 0 while there are enough for all jobs.
        var sharing = 0
        for (index, run) in runs.enumerated() {
            let job = free.indices.min { free[$0] < free[$1] } ?? 0
            let left = runs.count - index
            let end = free.max() ?? 0
            if sharing == 0, Self.waits(left: left, jobs: jobs, seconds: run.seconds, untilAllAreFree: end - free[job])
            {
                sharing = left
                free = free.map { _ in end }
            }
            let start = free[job]
            // Twice the threads are seldom twice as fast.
            let speed = sharing == 0 ? 1 : 1 + 0.75 * (Double(jobs) / Double(sharing) - 1)
            free[job] += run.seconds / speed
            let span = spans[run.group] ?? start...start
            spans[run.group] = span.lowerBound...max(span.upperBound, free[job])
        }
        groups = spans.map { span in span.map { $0.upperBound - $0.lowerBound } ?? 0 }
        whole = free.max() ?? 0
    }

    /// Whether the last runs, fewer than there are jobs, wait until all threads are free and then share them: where that is
    /// soon, they are done earlier than on the threads of a job each.
    ///
    /// - Parameters:
    ///   - left: the runs that have not begun.
    ///   - jobs: runs at a time.
    ///   - seconds: the length of the next run on the threads of one job.
    ///   - untilAllAreFree: the seconds until all runs that have begun have ended.
    public static func waits(left: Int, jobs: Int, seconds: Double, untilAllAreFree: Double) -> Bool {
        left < jobs && untilAllAreFree < seconds / 3
    }
}
