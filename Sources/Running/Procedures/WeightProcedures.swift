import Engine
import Results
import Vocabulary

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
