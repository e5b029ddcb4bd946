import Engine
import Results
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

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let statistics = ChannelStatistics(subject.model, batch: subject.batch, team: subject.team)
        return { moment in
            let layers = statistics.measure { input in
                var labels = [Int32](repeating: 0, count: subject.batch)
                subject.fill(moment.step, input, &labels)
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

/// Singular values of the Jacobians between layers: see ``Engine/LayerJacobian``.
struct LayerJacobianProcedure: MeasuredAtIntervals {
    var every = 200
    var taps = ["*/activation-input"]
    var images = 2

    static let kind = "layer-jacobian"
    static let summary =
        """
        Singular values of the Jacobian from a layer's tap to the next one's, the batch's statistics included: with batch \
        normalization conjectured to be close to 1 (Ioffe & Szegedy 2015, §3.3).
        """
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field(
            "taps", \.taps, .text.list(minimum: 1),
            "Patterns of taps, such as `*/normalized`; each is derived by the one before it that leads to it."),
        Field(
            "images", \.images, 1...1_000, "At how many images of the batch: the first ones. Values are their means."),
    ]
    static let quantities = [
        Quantity(
            "singular-value", "Singular value", axis: "Rank of the singular value",
            meaning:
                "the singular value of rank `at`, from 1, the largest, of the Jacobian from the tap before to the place, on "
                + "the batch of the next update"),
        Quantity("singular-value-largest", "Largest singular value", meaning: "the largest"),
        Quantity("singular-value-median", "Median singular value", meaning: "the one in the middle"),
        Quantity("singular-value-smallest", "Smallest singular value", meaning: "the smallest"),
        Quantity(
            "singular-value-rms", "Root mean square of the singular values",
            meaning: "the root of the mean square of all: 1 where J·Jᵀ = I"),
        Quantity(
            "singular-values-near-one", "Share of singular values between 1/2 and 2", .bounded,
            meaning: "the share between ½ and 2"),
    ]

    /// The largest number of values of a tap: a Jacobian takes a backward pass for each.
    static let largestTap = 1_024

    /// The pairs of taps with a path from the first to the second, and no third one between them.
    func pairs(in network: Network) -> [(from: Tap, to: Tap)] {
        let ordered = network.taps(fitting: taps)
        return ordered.indices.compactMap { index in
            ordered[..<index].last { LayerJacobian.isDefined(from: $0, to: ordered[index], in: network) }
                .map { ($0, ordered[index]) }
        }
    }

    func mistakes(in network: Network) -> [String] {
        let pairs = pairs(in: network)
        if pairs.isEmpty {
            return ["'taps' fits no two of which one leads to the other: \(taps.joined(separator: ", "))"]
        }
        var known: Set<Tap> = []
        return pairs.flatMap { [$0.from, $0.to] }.filter {
            known.insert($0).inserted && $0.shape.count > Self.largestTap
        }
        .map { "'\($0.address)' has \($0.shape.count) values: expected taps of at most \(Self.largestTap)" }
    }

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let pairs = pairs(in: subject.model.network)
        let jacobian = LayerJacobian(subject.model.network, batch: subject.batch, team: subject.team)
        let images = min(images, subject.batch)
        return { moment in
            jacobian.take(subject.model) { input in
                var labels = [Int32](repeating: 0, count: subject.batch)
                subject.fill(moment.step, input, &labels)
            }
            return pairs.flatMap { start, end in
                measurements(
                    (0..<images).map { jacobian.jacobian(from: start, to: end, image: $0).singularValues },
                    place: end.address)
            }
        }
    }

    /// What the singular values at some images come to.
    private func measurements(_ spectra: [[Double]], place: String) -> [Measurement] {
        func mean(_ number: ([Double]) -> Double) -> Double {
            spectra.map(number).reduce(0, +) / Double(spectra.count)
        }
        let count = spectra[0].count
        return (0..<count).map { rank in
            Measurement("singular-value", place: place, at: Double(rank + 1), mean { $0[rank] })
        } + [
            Measurement("singular-value-largest", place: place, mean { $0[0] }),
            Measurement("singular-value-median", place: place, mean { ($0[(count - 1) / 2] + $0[count / 2]) / 2 }),
            Measurement("singular-value-smallest", place: place, mean { $0[count - 1] }),
            Measurement(
                "singular-value-rms", place: place,
                mean { ($0.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot() }),
            Measurement(
                "singular-values-near-one", place: place,
                mean { Double($0.count { $0 >= 0.5 && $0 <= 2 }) / Double(count) }),
        ]
    }
}
