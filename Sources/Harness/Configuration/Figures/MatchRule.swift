import Engine
import Vocabulary

/// When an arm matches another: at the first evaluation at which the mean of its last `smoothing` test accuracies is at least
/// the best such mean of the baseline with the same seed.
///
/// Claims with the measure `steps-to`, the target `best-of(BASELINE)` and the same smoothing and statistics follow the same
/// rule, in the same code: ``Measuring``.
public struct MatchRule: Sendable, Hashable {
    /// The arm whose best accuracy is matched.
    public let baseline: String
    /// How many consecutive evaluations are averaged.
    public let smoothing: Int
    /// The statistics of batch normalization; nil for those that count.
    public let statistics: StatisticsWord?
}

/// The options of figures that say when an arm matches a baseline.
struct MatchOptions: Sendable {
    var baseline = ""
    var smoothing = 1
    var statistics: StatisticsWord?

    /// The rule that they state.
    var rule: MatchRule { MatchRule(baseline: baseline, smoothing: smoothing, statistics: statistics) }

    /// Their fields, as those of a figure that holds them at a path.
    static func fields<Owner>(_ path: WritableKeyPath<Owner, MatchOptions> & Sendable) -> [Field<Owner>] {
        [
            Field<MatchOptions>(
                "baseline", \.baseline, .text, required: true,
                "The arm whose best accuracy is to be matched, seed by seed."),
            Field<MatchOptions>(
                "smoothing", \.smoothing, 1...1000,
                "Accuracies are means over so many consecutive evaluations, at the last of them; 1 takes them as they are."
            ),
            Field<MatchOptions>("statistics", \.statistics, .word().optional, statisticsDocumentation),
        ].within(path)
    }
}
