import Kernels
import Vocabulary

/// A fully connected layer: y = x·W + b, x the whole sample as one row vector (height, width and channels flattened in
/// that order), W [inputs × units].
public struct Dense: Layer {
    public var units = 0
    public var options = ProductOptions()

    public static let kind = "dense"
    public static let summary = "A fully connected layer: output = input · weight + bias."
    public static let fields: [Field<Self>] =
        [Field("units", \.units, 1...1_000_000, required: true, "Number of outputs.")]
        + ProductOptions.fields.within(\.options)

    public init() {}
    public init(units: Int, bias: Bias = .automatic, weight: any Initializer = RunInitializer()) {
        self.units = units
        options.bias = bias
        options.weightInitializer = weight
    }

    public var traits: LayerTraits {
        LayerTraits(.linear, backwardReads: .inputs) {
            $0.flattensInput = true
            $0.addsGradient = true
            $0.epilogue = [.nonlinearity, .nonlinearityGradient, .affine]
        }
    }

    /// 1 × 1 × units.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        try LayerError.require("units", units, atLeast: 1)
        return .flat(units)
    }

    /// W [inputs × units] and, where there is one, b [units].
    public func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] {
        options.parameters(
            rows: inputs[0].count, columns: units, fan: Fan(input: inputs[0].count, output: units),
            layout: .linear(input: inputs[0]))
    }

    public func multiplyAdds(_ inputs: [Shape]) -> Int { inputs[0].count * units }

    /// With that many times as many units, unless it keeps its width.
    public func widened(by factor: Double) -> Dense {
        var copy = self
        copy.units = options.widened(units, by: factor)
        return copy
    }

    public func resolved(for surroundings: Surroundings) -> Dense {
        var copy = self
        copy.options = options.resolved(for: surroundings)
        return copy
    }

    public struct Workspace: Sendable {
        let inputs: Int
        let dataScratch: VectorSlot
        let weightScratch: VectorSlot
        let biasScratch: VectorSlot
    }

    public func book(_ booking: inout Booking) -> Workspace {
        let inputs = booking.input.count
        return Workspace(
            inputs: inputs,
            dataScratch: booking.vector(
                "data gradient scratch", count: MatrixProduct.dataGradientScratch(inputs: inputs, outputs: units),
                .backward),
            weightScratch: booking.vector(
                "weight gradient scratch",
                count: MatrixProduct.weightGradientScratch(rows: booking.batch, inputs: inputs, outputs: units),
                .backward),
            biasScratch: booking.vector(
                "bias gradient scratch", count: ColumnReduction.scratch(rows: booking.batch, columns: units),
                .backward))
    }

    /// y = f(x·W + b)
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        MatrixProduct.forward(
            pass.input.flattened(pass.images, workspace.inputs), pass.parameter(.weight),
            bias: pass.vectorParameter(.bias), into: pass.output, epilogue: pass.epilogue, team: pass.team)
    }

    /// With dz = dy · f′: dW = xᵀ·dz,  db = Σ dz,  dx = dz·Wᵀ
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let outputGradient = pass.outputGradientBehindNonlinearity(biasScratch: workspace.biasScratch)
        MatrixProduct.weightGradient(
            pass.input.flattened(pass.images, workspace.inputs), outputGradient, into: pass.gradient(.weight),
            scratch: pass[workspace.weightScratch], team: pass.team)
        if let inputGradient = pass.inputGradient {
            MatrixProduct.dataGradient(
                outputGradient, pass.parameter(.weight),
                into: inputGradient.flattened(pass.images, workspace.inputs), adds: pass.addsInputGradient,
                scratch: pass[workspace.dataScratch], team: pass.team)
        }
    }
}

extension Matrix {
    /// One row a sample: the matrix itself where it is so already, strided or not.
    func flattened(_ images: Int, _ count: Int) -> Matrix {
        rows == images ? self : reshaped(rows: images, columns: count)
    }
}

/// What a dense and a convolutional layer have in common: how their weight and their bias start and learn.
public struct ProductOptions: Sendable {
    public var bias = Bias.automatic
    public var weightInitializer: any Initializer = RunInitializer()
    public var biasInitializer: any Initializer = Constant()
    public var weightRate = 1.0
    public var biasRate = 1.0
    public var weightDecay = 1.0
    public var biasDecay = 1.0
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
            kind: .weight, rows: rows, columns: columns, fan: fan, initializer: weightInitializer,
            rateMultiplier: weightRate, decayMultiplier: weightDecay, layout: layout)
        guard bias != .absent else { return [weight] }
        return [
            weight,
            ParameterDeclaration(
                kind: .bias, columns: columns, fan: fan, initializer: biasInitializer, rateMultiplier: biasRate,
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

/// Whether a product adds a bias.
public enum Bias: String, ConfigurationWord {
    /// A bias, except where everything that follows is a normalization that takes each channel's mean away and adds a shift,
    /// which absorbs it (Ioffe & Szegedy 2015, §3.2).
    case automatic = "auto"
    case present = "true"
    case absent = "false"

    /// The choice made: never `automatic`.
    func resolved(for surroundings: Surroundings) -> Bias {
        guard self == .automatic else { return self }
        return surroundings.isFollowedByShift ? .absent : .present
    }
}
