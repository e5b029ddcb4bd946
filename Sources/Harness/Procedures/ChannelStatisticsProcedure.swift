import Engine
import Vocabulary

/// Means and variances of channels over the depth: see ``Engine/ChannelStatistics``.
struct ChannelStatisticsProcedure: MeasuredAtIntervals {
    var every = 50

    static let kind = "channel-statistics"
    static let summary =
        "Means and variances of the channels of every product's output, and how they grow with depth (Bjorck et al. 2018)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    private static let depth = "Depth, in products from the input"
    static let quantities = [
        Quantity(
            "channel-squared-mean", "Squared mean μ² of the channels, mean", axis: depth,
            meaning:
                "the mean over the channels of μ², on the batch of the next update; `at` is the layer's depth in products"
        ),
        Quantity(
            "channel-variance", "Variance σ² of the channels, mean", axis: depth,
            meaning: "the mean over the channels of σ²; `at` is the layer's depth"),
        Quantity(
            "channel-squared-mean-growth", "Growth of log μ² a layer", .linear,
            meaning: "by how much the logarithm of μ² grows from layer to layer, the network's last left out"),
        Quantity("channel-variance-growth", "Growth of log σ² a layer", .linear, meaning: "the same of σ²"),
    ]

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        let statistics = ChannelStatistics(subject.model, batch: subject.batch, team: subject.team)
        return { moment in
            let layers = statistics.measure { input in
                var labels = [Int32](repeating: 0, count: subject.batch)
                subject.fillNextBatch(moment, input, &labels)
            }
            let hidden = layers.dropLast()
            return layers.flatMap { layer in
                [
                    Measurement("channel-squared-mean", place: layer.name, at: Double(layer.depth), layer.squaredMean),
                    Measurement("channel-variance", place: layer.name, at: Double(layer.depth), layer.variance),
                ]
            } + [
                Measurement("channel-squared-mean-growth", ChannelStatistics.growth(hidden, of: \.squaredMean)),
                Measurement("channel-variance-growth", ChannelStatistics.growth(hidden, of: \.variance)),
            ]
        }
    }
}
