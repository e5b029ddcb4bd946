/// The part of the vertical axis in which curves can be read.
///
/// Accuracies rise from chance to near 100 % within the first evaluations; on an axis that shows all of it the curves lie on
/// one another where they matter. So the axis begins where most of the slowest curve is above it, and the figure says so.
struct ReadableRange: Equatable, Sendable {
    let lower: Double
    let upper: Double
    /// Whether values that the figure would otherwise show lie below `lower`.
    let isClipped: Bool
    /// Arms that end below the range: they learned nothing that could be compared.
    let below: [String]

    /// The share of a curve's points that may lie below the axis.
    private static let hiddenShare = 0.05
    /// An arm that ends below this share of the best arm's accuracy has failed and does not stretch the axis.
    private static let failedShare = 0.5

    /// The range for accuracies (0 to 1) of arms.
    init(accuracies arms: [ArmCurves]) {
        let ends = arms.map { $0.summary.last?.statistics.mean ?? -.infinity }
        let best = ends.max() ?? 0
        let working = zip(arms, ends).filter {
            $0.1 >= Self.failedShare * best && $0.0.diverged.count < $0.0.runs.count
        }.map(\.0)
        let counted = working.isEmpty ? arms : working
        let all = arms.flatMap { $0.runs.flatMap(\.values) }.filter(\.isFinite)
        let least = all.min() ?? 0
        let greatest = counted.flatMap { $0.summary.map(\.statistics.maximum) }.max() ?? all.max() ?? 1
        let lows = counted.compactMap { arm in
            Quantile.of(arm.summary.map(\.statistics.minimum), Self.hiddenShare)
        }
        let low = lows.min() ?? least

        // Clipping must buy something: an axis that shows almost everything may as well show everything.
        let mayClip = greatest - low < 0.6 * (greatest - least)
        let bottom = mayClip ? low : least
        let step = RoundNumber.atMost(max(greatest - bottom, 0.002) / 4)
        let lower = max(0, ((bottom / step) - 1e-9).rounded(.down) * step)
        // Room for the uppermost line, but no accuracy beyond 100 %.
        let upper = min(1, greatest + 0.04 * (greatest - lower))
        self.lower = lower
        self.upper = max(upper, lower + step)
        isClipped = least < lower
        below = zip(arms, ends).filter { arm, end in
            end < lower && arm.diverged.count < arm.runs.count
        }.map(\.0.arm.name)
    }
}
