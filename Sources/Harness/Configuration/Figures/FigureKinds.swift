import Engine

/// Test accuracy over steps: Figure 1a of Ioffe & Szegedy 2015.
struct AccuracyOverSteps: FigureKind {
    var common = FigureOptions()
    var statistics: StatisticsWord?

    static let kind = "accuracy-over-steps"
    static let summary = "Test accuracy over training steps: the mean over seeds, their spread, and each seed."
    static let fields: [Field<Self>] =
        commonFields + [Field(optional: "statistics", \.statistics, statisticsDocumentation)]
}

/// Loss over steps.
struct LossOverSteps: FigureKind {
    var common = FigureOptions()
    var metric = Loss.train
    var statistics: StatisticsWord?

    /// The losses.
    enum Loss: String, ConfigurationWord {
        case train = "train-loss"
        case test = "test-loss"
    }

    static let kind = "loss-over-steps"
    static let summary = "Cross-entropy over training steps."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("metric", \.metric, "The loss of the training batches, or on the test set."),
            Field(optional: "statistics", \.statistics, statisticsDocumentation),
        ]
}

/// Three percentiles of one unit over steps: Figure 1b and c of Ioffe & Szegedy 2015.
struct ActivationQuantiles: FigureKind {
    var common = FigureOptions()
    var tap = ""

    static let kind = "activation-quantiles"
    static let summary = "The 15th, 50th and 85th percentile of a tensor's typical unit over steps, arms side by side."
    static let fields: [Field<Self>] =
        commonFields + [Field(text: "tap", \.tap, required: true, "The tensor's address: hidden3/activation-input.")]
    var taps: [String] { [tap] }
}

/// The distribution of every layer over steps.
struct ActivationDistributions: FigureKind {
    var common = FigureOptions()
    var tap = "*/activation-input"

    static let kind = "activation-distributions"
    static let summary =
        "The distribution of each layer's tensor over steps, layers below each other, arms side by side."
    static let fields: [Field<Self>] =
        commonFields + [Field(text: "tap", \.tap, "The pattern of the tensors' addresses, one in each layer.")]
    var taps: [String] { [tap] }
}

/// Accuracy at the end, by arm.
struct FinalAccuracy: FigureKind {
    var common = FigureOptions()
    var statistics: StatisticsWord?

    static let kind = "final-accuracy"
    static let summary = "Test accuracy after the last step, by arm, with its spread over seeds."
    static let fields: [Field<Self>] =
        commonFields + [Field(optional: "statistics", \.statistics, statisticsDocumentation)]
}

/// A metric over the values of a sweep.
struct SweepMap: FigureKind {
    var common = FigureOptions()
    var x = ""
    var y: String?
    var metric = Metric.testAccuracy

    static let kind = "sweep"
    static let summary = "A metric after the last step over the swept values: a heat map for each arm."
    static let fields: [Field<Self>] =
        commonFields + [
            Field(text: "x", \.x, required: true, "The swept key along the horizontal axis."),
            Field(text: "y", \.y, "The swept key along the vertical axis; none draws curves."),
            Field("metric", \.metric, "The metric."),
        ]
    var sweptKeys: [String] { [x] + [y].compactMap(\.self) }
}

private let statisticsDocumentation = """
    The statistics of batch normalization at which it was measured; none means population where there are any, otherwise the \
    moving average.
    """
