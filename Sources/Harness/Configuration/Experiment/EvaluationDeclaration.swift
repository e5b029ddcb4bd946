import Engine
import Results
import Vocabulary

/// How often, and how, a run measures itself on the test set.
public struct EvaluationDeclaration: Configurable, Equatable {
    /// Steps between evaluations; the first is before the first step, the last after the last.
    public var every = 100
    /// Training batches that the population statistics of batch normalization are averaged over; 0 leaves them out.
    public var populationBatches = 20
    /// The statistics of batch normalization under which the network is evaluated.
    public var statistics = [StatisticsSource.movingAverage, .population]
    /// Test examples that are looked at, from the first; 0 is all of them.
    public var examples = 0
    /// Whether the class probabilities of the final network are written down.
    public var predictions = false

    /// The key under which it stands.
    public static let kind = "evaluate"
    /// What it is.
    public static let summary = "How often, and how, a run measures itself on the test set."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field("every", \.every, 1...1_000_000_000, "Steps between evaluations; one more follows the last step."),
        Field(
            "population-batches", \.populationBatches, 0...1_000_000,
            """
            Training batches over which Algorithm 2 of Ioffe & Szegedy 2015 averages batch statistics before an \
            evaluation; 0 leaves the population statistics out. Without batch normalization it means nothing.
            """),
        Field(
            "statistics", \.statistics, .word().list(minimum: 1),
            """
            Where batch normalization takes mean and variance from in evaluations, a row of `eval.csv` for each: \
            `moving-average`, Caffe's; `plain-average`, the one that starts from 0 and 1, as in most frameworks; `population`, \
            Algorithm 2; `batch`, \(RunSetup.evaluationBatch) test images at a time, a mistake that is often made. The one that \
            counts is the population's, else the moving average's, the plain average's, the batch's.
            """),
        Field("examples", \.examples, 0...1_000_000_000, "Test examples that are looked at; 0 is all of them."),
        Field(
            "predictions", \.predictions,
            "Whether the final network's class probabilities on these examples are written down, as ensembles need them."
        ),
    ]

    /// Every 100 steps on the whole test set.
    public init() {}

    /// The wanted statistics in the order in which they are measured and written down: the last is the one that counts.
    var orderedStatistics: [StatisticsSource] {
        [.batch, .plainAverage, .movingAverage, .population].filter { source in
            statistics.contains(source) && (source != .population || populationBatches > 0)
        }
    }
}
