/// When runs of known length begin and end that are made in their order, each where first a job is free.
public struct RunSchedule: Equatable, Sendable {
    /// The seconds of each group, from the beginning of its first run to the end of its last; 0 for one without runs.
    public let groups: [Double]
    /// The seconds until the last run has ended.
    public let whole: Double

    /// The schedule of runs.
    ///
    /// - Parameters:
    ///   - runs: the group, from 0, and the length in seconds of each run.
    ///   - groupCount: the number of groups.
    ///   - jobs: runs at a time, at least one.
    public init(_ runs: [(group: Int, seconds: Double)], groupCount: Int, jobs: Int) {
        var free = [Double](repeating: 0, count: max(jobs, 1))
        var spans = [ClosedRange<Double>?](repeating: nil, count: groupCount)
        for run in runs {
            let job = free.indices.min { free[$0] < free[$1] } ?? 0
            let start = free[job]
            free[job] += run.seconds
            let span = spans[run.group] ?? start...start
            spans[run.group] = span.lowerBound...max(span.upperBound, free[job])
        }
        groups = spans.map { span in span.map { $0.upperBound - $0.lowerBound } ?? 0 }
        whole = free.max() ?? 0
    }
}
