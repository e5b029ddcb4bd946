import Engine
import Vocabulary

/// What a factor on a weight does: see ``Engine/Rescaling``.
struct RescalingProcedure: Procedure {
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
    static let quantities = [
        Quantity(
            name: "rescaled-output-change",
            meaning:
                "‖y(a) − y(1)‖₂/‖y(1)‖₂ of the network's outputs, the place's weight times a = `at`, on the batch of the next "
                + "update"),
        Quantity(name: "rescaled-loss-change", meaning: "|L(a) − L(1)|/L(1)"),
        Quantity(
            name: "rescaled-input-gradient-change", meaning: "‖∂L/∂u(a) − ∂L/∂u(1)‖₂/‖∂L/∂u(1)‖₂, u the place's input"),
        Quantity(name: "rescaled-gradient-ratio", meaning: "a · ‖∂L/∂W(a)‖₂/‖∂L/∂W(1)‖₂"),
        Quantity(name: "weight-gradient-cosine", meaning: "the cosine of the angle between aW and ∂L/∂W(a)"),
    ]

    func mistakes(in network: Network) -> [String] { Spacing.mistakes(from: from, to: to) }

    /// The factors a.
    var factors: [Double] { Spacing.logarithmic.numbers(from: from, to: to, count: points) }

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        let network = subject.model.network
        let rescaling = Rescaling(network, batch: subject.batch, team: subject.team)
        let (products, factors) = (Rescaling.products(of: network), factors)
        return { moment in
            products.flatMap { product in
                rescaling.measure(
                    subject.model, product: product, factors: factors,
                    phase: .training(step: moment.step, seed: subject.seed),
                    fill: { subject.fillNextBatch(moment, $0, &$1) }
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
