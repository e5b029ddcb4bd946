import Kernels
import Vocabulary

/// What a dense and a convolutional layer have in common: how their weight and their bias start and learn.
public struct ProductOptions: Sendable {
    /// Whether a bias is added.
    public var bias = Bias.automatic
    /// How the weight starts.
    public var weightInitializer: any Initializer = RunInitializer()
    /// How the bias starts.
    public var biasInitializer: any Initializer = Constant()
    /// Factor on the learning rate of the weight.
    public var weightRate = 1.0
    /// Factor on the learning rate of the bias.
    public var biasRate = 1.0
    /// Factor on the decay of the weight.
    public var weightDecay = 1.0
    /// Factor on the decay of the bias.
    public var biasDecay = 1.0
    /// Whether the number of outputs stays what it is when a run makes the network wider or narrower.
    public var keepsWidth = false

    /// Caffe's defaults: every factor 1, bias from 0.
    public init() {}

    /// The fields, which a layer lists after its own.
    static let fields: [Field<Self>] = [
        Field(
            "bias", \.bias,
            "Whether a bias is added; `auto` leaves it out where a normalization follows that takes it away again."),
        Field("weight", \.weightInitializer, "How the weight starts."),
        Field("bias-initializer", \.biasInitializer, "How the bias starts."),
        Field("weight-rate", \.weightRate, 0...1_000, "Factor on the weight's learning rate (Caffe's lr_mult)."),
        Field("bias-rate", \.biasRate, 0...1_000, "Factor on the bias's learning rate (Caffe's lr_mult)."),
        Field("weight-decay", \.weightDecay, 0...1_000, "Factor on the weight's decay (Caffe's decay_mult)."),
        Field("bias-decay", \.biasDecay, 0...1_000, "Factor on the bias's decay (Caffe's decay_mult)."),
        Field("keeps-width", \.keepsWidth, "Whether the run's `width` leaves the number of outputs as it is."),
    ]

    /// `factor` times as many outputs, to the nearest whole number (halves up), at least 1; as many as before where the width
    /// is kept.
    func widened(_ count: Int, by factor: Double) -> Int {
        keepsWidth ? count : max(1, Int((Double(count) * factor).rounded()))
    }

    func resolved(for surroundings: Surroundings) -> ProductOptions {
        var copy = self
        copy.bias = bias.resolved(for: surroundings)
        if let initializer = surroundings.initializer {
            if weightInitializer is RunInitializer { copy.weightInitializer = initializer }
            if biasInitializer is RunInitializer { copy.biasInitializer = initializer }
        }
        return copy
    }

    /// The weight of `rows` × `columns` and, where there is one, the bias.
    func parameters(rows: Int, columns: Int, fan: Fan, layout: InterchangeLayout) -> [ParameterDeclaration] {
        let weight = ParameterDeclaration(
            .weight, rows: rows, columns: columns, fan: fan, initializer: weightInitializer,
            rateMultiplier: weightRate, decayMultiplier: weightDecay, layout: layout)
        guard bias != .absent else { return [weight] }
        return [
            weight,
            ParameterDeclaration(
                .bias, columns: columns, fan: fan, initializer: biasInitializer, rateMultiplier: biasRate,
                decayMultiplier: biasDecay),
        ]
    }
}

extension Pass {
    /// dz = dy · f′, written over dy, and the gradient by the bias, db = Σ dz, where there is one: in one pass.
    func outputGradientBehindNonlinearity(biasScratch: VectorSlot) -> Matrix {
        let gradient = outputGradient
        switch (vectorGradient(.bias), nonlinearity) {
        case (let bias?, .identity):
            ColumnReduction.sum(gradient, into: bias, scratch: self[biasScratch], team: team)
        case (let bias?, let nonlinearity):
            ColumnReduction.sum(
                behind: nonlinearity, output: output, gradient: gradient, into: bias, scratch: self[biasScratch],
                team: team)
        case (nil, .identity): break
        case (nil, let nonlinearity):
            Pointwise.gradient(nonlinearity, output: output, outputGradient: gradient, into: gradient, team: team)
        }
        return gradient
    }
}
