import Engine
import Results
import Vocabulary

/// The options of figures that say when an arm matches a baseline.
struct MatchOptions: Sendable {
    var baseline = ""
    var smoothing = 1
    var statistics: StatisticsSource?

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
