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

/// How large weights, biases and scales are: see ``Engine/WeightNorms``.
struct WeightNormsProcedure: MeasuredAtIntervals {
    var every = 50

    static let kind = "weight-norms"
    static let summary =
        "Norms of weights, biases, γ and β, and the rate at which a weight's direction turns (van Laarhoven 2017)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    static let quantities = [
        Quantity("weight-norm", "Norm of the weights ‖W‖", meaning: "‖W‖₂ of all elements of the place's weight"),
        Quantity(
            "effective-rate", "Effective learning rate η / ‖W‖²",
            meaning: "η/‖W‖₂², η the rate of the next update with the weight's own factor"),
        Quantity("bias-norm", "Norm of the biases ‖b‖", meaning: "‖b‖₂ of the place's bias"),
        Quantity("scale-rms", "Root mean square of γ", meaning: "the root of the mean square of the place's γ"),
        Quantity("shift-norm", "Norm of the shifts ‖β‖", meaning: "‖β‖₂ of the place's β"),
    ]

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        { moment in
            WeightNorms(subject.model, rate: moment.rate).entries.flatMap { entry in
                switch entry.kind {
                case .weight:
                    [
                        Measurement("weight-norm", place: entry.node, entry.norm),
                        Measurement("effective-rate", place: entry.node, entry.effectiveRate),
                    ]
                case .bias: [Measurement("bias-norm", place: entry.node, entry.norm)]
                case .scale: [Measurement("scale-rms", place: entry.node, entry.rootMeanSquare)]
                case .shift: [Measurement("shift-norm", place: entry.node, entry.norm)]
                }
            }
        }
    }
}

/// What a factor on a weight does: see ``Engine/Rescaling``.
struct RescalingProcedure: MeasuredAtIntervals {
    var every = 200
    var from = 0.01
    var to = 100.0
    var points = 5

    static let kind = "rescaling"
    static let summary =
        """
        What happens when a product's weight is multiplied by a number: nothing but shorter gradients where batch \
        normalization follows (Ioffe & Szegedy 2015, §3.3).
        """
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field("from", \.from, 1e-6...1e6, "The smallest factor."),
        Field("to", \.to, 1e-6...1e6, "The largest factor."),
        Field("points", \.points, 1...1000, "How many factors there are; their ratios are equal."),
    ]
    private static let factor = "Factor a of the weight"
    static let quantities = [
        Quantity(
            "rescaled-output-change", "Change of the output ‖y(a) − y(1)‖ / ‖y(1)‖", axis: factor,
            meaning:
                "‖y(a) − y(1)‖₂/‖y(1)‖₂ of the network's outputs, the place's weight times a = `at`, on the batch of the next "
                + "update"),
        Quantity(
            "rescaled-loss-change", "Change of the loss |L(a) − L(1)| / L(1)", axis: factor,
            meaning: "|L(a) − L(1)|/L(1)"),
        Quantity(
            "rescaled-input-gradient-change", "Change of the gradient by the layer's input, relative", axis: factor,
            meaning: "‖∂L/∂u(a) − ∂L/∂u(1)‖₂/‖∂L/∂u(1)‖₂, u the place's input"),
        Quantity(
            "rescaled-gradient-ratio", "a ‖∂L/∂W(a)‖ / ‖∂L/∂W(1)‖", axis: factor, meaning: "a · ‖∂L/∂W(a)‖₂/‖∂L/∂W(1)‖₂"
        ),
        Quantity(
            "weight-gradient-cosine", "cos(W, ∂L/∂W)", axis: factor, .bounded,
            meaning: "the cosine of the angle between aW and ∂L/∂W(a)"),
    ]

    func mistakes(in network: Network) -> [String] { Spacing.mistakes(from: from, to: to) }

    var factors: [Double] { Spacing.logarithmic.numbers(from: from, to: to, count: points) }

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let network = subject.model.network
        let rescaling = Rescaling(network, batch: subject.batch, team: subject.team)
        let (products, factors) = (Rescaling.products(of: network), factors)
        return { moment in
            products.flatMap { product in
                rescaling.measure(
                    subject.model, product: product, factors: factors,
                    phase: .training(step: moment.step, seed: subject.seed),
                    fill: { subject.fill(moment.step, $0, &$1) }
                ).flatMap { measurements($0, of: product) }
            }
        }
    }

    private func measurements(_ point: Rescaling.Point, of product: String) -> [Measurement] {
        func measurement(_ quantity: String, _ value: Double) -> Measurement {
            Measurement(quantity, place: product, at: point.factor, value)
        }
        return [
            measurement("rescaled-output-change", point.outputChange),
            measurement("rescaled-loss-change", point.lossChange),
            measurement("rescaled-input-gradient-change", point.inputGradientChange),
            measurement("rescaled-gradient-ratio", point.gradientRatio),
            measurement("weight-gradient-cosine", point.alignment),
        ]
    }
}
