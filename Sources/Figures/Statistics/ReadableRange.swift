import Results

/// Vertical ranges in which curves of accuracy (0 to 1) can be read.
///
/// Accuracies rise from chance to near 100 % and then differ by little: on an axis that shows all of it, the curves lie on one
/// another where they matter. So figures show all of it and, beside it, the top.
struct ReadableRange: Equatable, Sendable {
    let lower: Double
    let upper: Double

    /// An arm that ends below this share of the best arm's accuracy has learned nothing that the top could show.
    private static let failedShare = 0.5
    /// A range taller than this share of the whole shows no more than the whole.
    private static let zoomedShare = 0.4

    /// All values.
    init(all arms: [ArmCurves]) {
        let values = arms.flatMap { $0.runs.flatMap(\.values) }.filter(\.isFinite)
        self.init(from: values.min() ?? 0, to: values.max() ?? 1)
    }

    /// Where the curves are in the second half of training; nil where the whole shows it as well.
    init?(topOf arms: [ArmCurves]) {
        let finished = arms.filter { $0.diverged.count < $0.runs.count && $0.summary.count >= 4 }
        let ends = finished.map { $0.summary.last?.statistics.mean ?? 0 }
        let best = ends.max() ?? 0
        let working = zip(finished, ends).filter { $0.1 >= Self.failedShare * best }.map(\.0)
        let later = working.flatMap { $0.summary.suffix(($0.summary.count + 1) / 2) }
        guard let least = later.map(\.statistics.minimum).min(), let greatest = later.map(\.statistics.maximum).max()
        else { return nil }
        self.init(from: least, to: greatest)
        let whole = ReadableRange(all: arms)
        guard upper - lower < Self.zoomedShare * (whole.upper - whole.lower) else { return nil }
    }

    /// From a round number a little below `least` to a little above `greatest`, but not beyond 0 and 100 %.
    private init(from least: Double, to greatest: Double) {
        let step = RoundNumber.atMost(max(greatest - least, 0.002) / 4)
        lower = max(0, ((least - 0.1 * step) / step).rounded(.down) * step)
        upper = max(min(1, greatest + 0.05 * (greatest - lower)), lower + step)
    }
}
