import Engine
import Results
import Vocabulary

/// Test accuracy over steps: Figure 1a of Ioffe & Szegedy 2015.
struct AccuracyOverSteps: FigureKind {
    var common = FigureOptions()
    var statistics: StatisticsSource?
    var band = SeedBand.range
    var stepScale = AxisScale.linear

    static let kind = "accuracy-over-steps"
    static let summary = "Test accuracy over training steps: the mean over seeds, their spread, and each seed."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("statistics", \.statistics, .word().optional, statisticsDocumentation),
            Field("band", \.band, bandDocumentation),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
}

/// Loss over steps.
struct LossOverSteps: FigureKind {
    var common = FigureOptions()
    var metric = Loss.train
    var statistics: StatisticsSource?
    var band = SeedBand.range
    var stepScale = AxisScale.linear

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
            Field("statistics", \.statistics, .word().optional, statisticsDocumentation),
            Field("band", \.band, bandDocumentation),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
}

/// Three percentiles of one unit over steps: Figure 1b and c of Ioffe & Szegedy 2015.
struct ActivationQuantiles: FigureKind {
    var common = FigureOptions()
    var tap = ""
    var stepScale = AxisScale.linear

    static let kind = "activation-quantiles"
    static let summary = "The 15th, 50th and 85th percentile of a tensor's typical unit over steps, arms side by side."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("tap", \.tap, .text, required: true, "The tensor's address: hidden3/activation-input."),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
    var taps: [String] { [tap] }
}

/// The distribution of every layer over steps.
struct ActivationDistributions: FigureKind {
    var common = FigureOptions()
    var tap = "*/activation-input"
    var stepScale = AxisScale.linear

    static let kind = "activation-distributions"
    static let summary =
        "The distribution of each layer's tensor over steps, layers below each other, arms side by side."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("tap", \.tap, .text, "The pattern of the tensors' addresses, one in each layer."),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
    var taps: [String] { [tap] }
}

/// Accuracy at the end, by arm.
struct FinalAccuracy: FigureKind {
    var common = FigureOptions()
    var statistics: StatisticsSource?

    static let kind = "final-accuracy"
    static let summary = "Best and final test accuracy by arm: each seed, their mean and its 95 % interval."
    static let fields: [Field<Self>] =
        commonFields + [Field("statistics", \.statistics, .word().optional, statisticsDocumentation)]
}

/// A metric over the values of a sweep.
struct SweepMap: FigureKind {
    var common = FigureOptions()
    var x = ""
    var y: String?
    var metric = Metric.testAccuracy

    static let kind = "sweep"
    static let summary =
        "The best test accuracy, or a loss after the last step, over the swept values: a heat map for each arm, or lines."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("x", \.x, .text, required: true, "The swept key along the horizontal axis."),
            Field("y", \.y, .text.optional, "The swept key along the vertical axis; none draws curves."),
            Field("metric", \.metric, "The metric."),
        ]
    var sweptKeys: [String] { [x] + [y].compactMap(\.self) }
}

let statisticsDocumentation = """
    The statistics of batch normalization at which it was measured; none means population where there are any, otherwise the \
    moving average.
    """

let bandDocumentation =
    "The band around the mean: from the lowest to the highest seed, or ±1 standard deviation."

let stepScaleDocumentation = "The axis of steps: a logarithmic one shows the first steps, without step 0."

/// What the band around a mean shows.
enum SeedBand: String, ConfigurationWord {
    case range
    case deviation
}

/// How an axis maps its values.
enum AxisScale: String, ConfigurationWord {
    case linear
    case log
}
