import Kernels
import Vocabulary

/// A fully connected layer: y = x·W + b, x the whole sample as one row vector (height, width and channels flattened in
/// that order), W [inputs × units].
public struct Dense: Layer {
    /// Number of outputs.
    public var units = 0
    /// The weight and the bias.
    public var options = ProductOptions()

    /// The word `dense`.
    public static let kind = "dense"
    /// One sentence for the reference.
    public static let summary = "A fully connected layer: output = input · weight + bias."
    /// What a configuration can say.
    public static let fields: [Field<Self>] =
        [Field("units", \.units, 1...1_000_000, required: true, "Number of outputs.")]
        + ProductOptions.fields.within(\.options)
    /// A product, which taps are named after.
    public static let role = LayerRole.linear
    /// A sample is one row.
    public static let flattensInput = true

    /// Without its required units.
    public init() {}
    /// The given number of outputs.
    public init(units: Int, bias: Bias = .automatic, weight: any Initializer = RunInitializer()) {
        self.units = units
        options.bias = bias
        options.weightInitializer = weight
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

    /// One for every weight and output position.
    public func multiplyAdds(_ inputs: [Shape]) -> Int { inputs[0].count * units }

    /// With that many times as many units, unless it keeps its width.
    public func widened(by factor: Double) -> Dense {
        var copy = self
        copy.units = options.widened(units, by: factor)
        return copy
    }

    /// With the bias and the initializers chosen.
    public func resolved(for surroundings: Surroundings) -> Dense {
        var copy = self
        copy.options = options.resolved(for: surroundings)
        return copy
    }

    /// Scratch of the backward pass.
    public struct Workspace: Sendable {
        let inputs: Int
        let dataScratch: VectorSlot
        let weightScratch: VectorSlot
        let biasScratch: VectorSlot
    }

    /// Scratch of the backward pass.
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

    /// A nonlinearity, or an affine map and a nonlinearity, is applied while the output is written.
    public static let fusion: LayerFusion = [.nonlinearity, .nonlinearityGradient, .affine]
    /// It can.
    public static let addsGradient = true

    /// The backward pass needs the inputs for dW.
    public var backwardReads: BackwardReads { .inputs }
    /// And the output for the slope of a nonlinearity.
    public func backwardReads(behind nonlinearity: Nonlinearity) -> BackwardReads { [.inputs, .output] }

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
