import Kernels
import Vocabulary

/// A two-dimensional convolution (a correlation, as in every framework) with square kernels, and zeros around the map:
/// y[p, o] = b[o] + Σ_{i,j,c} x[p·stride + (i, j) − pad, c] · W[(i, j, c), o].
public struct Convolution: Layer {
    public var channels = 0
    public var kernel = 0
    public var stride = 1
    public var pad = 0
    public var algorithm = AlgorithmChoice.automatic
    public var options = ProductOptions()

    public static let kind = "convolution"
    public static let summary = "A two-dimensional convolution with square kernels."
    public static let fields: [Field<Self>] =
        [
            Field("channels", \.channels, 1...65_536, required: true, "Number of output channels."),
            Field("kernel", \.kernel, 1...255, required: true, "Height and width of the kernel."),
            Field("stride", \.stride, 1...255, "Positions of the input between neighbouring outputs."),
            Field("pad", \.pad, 0...254, "Rows and columns of zeros on every side of the input."),
            Field(
                "algorithm", \.algorithm,
                "How it is computed: `direct`; `winograd`, for kernels of 3 and 5 with stride 1; `auto` takes what its shape lets expect to be faster."
            ),
        ] + ProductOptions.fields.within(\.options)

    public init() {}
    public init(
        channels: Int, kernel: Int, stride: Int = 1, pad: Int = 0, algorithm: AlgorithmChoice = .automatic,
        bias: Bias = .automatic, weight: any Initializer = RunInitializer()
    ) {
        self.channels = channels
        self.kernel = kernel
        self.stride = stride
        self.pad = pad
        self.algorithm = algorithm
        options.bias = bias
        options.weightInitializer = weight
    }

    public var traits: LayerTraits {
        LayerTraits(.linear, backwardReads: .inputs) {
            $0.addsGradient = true
            $0.epilogue = [.nonlinearity, .nonlinearityGradient, .moments, .affine]
        }
    }

    /// ⌊(height + 2·pad − kernel)/stride⌋ + 1 rows, likewise columns, `channels` channels.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        try LayerError.require("channels", channels, atLeast: 1)
        try Window(kernel: kernel, stride: stride, pad: pad).check(inputs[0])
        let geometry = geometry(inputs[0], images: 1)
        guard algorithm != .winograd || geometry.allowsWinograd else {
            throw LayerError(
                field: "algorithm", found: "algorithm winograd with kernel \(kernel) and stride \(stride)",
                expected: "a kernel of 3 or 5 and stride 1", suggestion: "leave `algorithm` out, or say direct")
        }
        return Shape(height: geometry.outputHeight, width: geometry.outputWidth, channels: channels)
    }

    private func geometry(_ input: Shape, images: Int) -> ConvolutionGeometry {
        ConvolutionGeometry(
            images: images, height: input.height, width: input.width, channels: input.channels,
            kernelHeight: kernel, kernelWidth: kernel, strideHeight: stride, strideWidth: stride,
            padHeight: pad, padWidth: pad, outputChannels: channels)
    }

    /// W [(kernel · kernel · input channels) × channels] and, where there is one, b [channels].
    public func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] {
        let area = kernel * kernel
        return options.parameters(
            rows: area * inputs[0].channels, columns: channels,
            fan: Fan(input: area * inputs[0].channels, output: area * channels),
            layout: .convolution(kernelHeight: kernel, kernelWidth: kernel, channels: inputs[0].channels))
    }

    public func multiplyAdds(_ inputs: [Shape]) -> Int { geometry(inputs[0], images: 1).multiplyAdds }

    public func performedMultiplyAdds(_ inputs: [Shape]) -> PerformedMultiplyAdds {
        let (geometry, algorithm) = (geometry(inputs[0], images: 1), algorithm(for: inputs[0]))
        return PerformedMultiplyAdds(
            forward: geometry.multiplyAdds(algorithm),
            backward: geometry.multiplyAdds(algorithm) + geometry.dataGradientMultiplyAdds(algorithm))
    }

    /// With that many times as many channels, unless it keeps its width.
    public func widened(by factor: Double) -> Convolution {
        var copy = self
        copy.channels = options.widened(channels, by: factor)
        return copy
    }

    public func resolved(for surroundings: Surroundings) -> Convolution {
        var copy = self
        copy.options = options.resolved(for: surroundings)
        return copy
    }

    /// The algorithm for an input, from its shape alone.
    public func algorithm(for input: Shape) -> ConvolutionAlgorithm {
        switch algorithm {
        case .automatic: geometry(input, images: 1).fasterAlgorithm
        case .direct: .direct
        case .winograd: .winograd
        }
    }

    public struct Workspace: Sendable {
        let input: Shape
        let algorithm: ConvolutionAlgorithm
        let forwardScratch: VectorSlot
        let dataScratch: VectorSlot
        let weightScratch: VectorSlot
        let biasScratch: VectorSlot
    }

    public func book(_ booking: inout Booking) -> Workspace {
        let geometry = geometry(booking.input, images: booking.batch)
        let algorithm = algorithm(for: booking.input)
        return Workspace(
            input: booking.input, algorithm: algorithm,
            forwardScratch: booking.vector(
                "scratch", count: Kernels.Convolution.forwardScratch(geometry, algorithm), .forward),
            dataScratch: booking.vector(
                "data gradient scratch", count: Kernels.Convolution.dataGradientScratch(geometry, algorithm), .backward),
            weightScratch: booking.vector(
                "weight gradient scratch", count: Kernels.Convolution.weightGradientScratch(geometry, algorithm),
                .backward),
            biasScratch: booking.vector(
                "bias gradient scratch",
                count: ColumnReduction.scratch(rows: geometry.outputPositions, columns: channels), .backward))
    }

    /// A sum over the kernel at each position.
    public func algorithm(_ workspace: Workspace) -> String { workspace.algorithm.rawValue }

    /// y = f(x ∗ W + b)
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        Kernels.Convolution.forward(
            geometry(workspace.input, images: pass.images), pass.input, pass.parameter(.weight),
            bias: pass.vectorParameter(.bias), into: pass.output,
            epilogue: pass.epilogue, algorithm: workspace.algorithm, scratch: pass[workspace.forwardScratch],
            team: pass.team)
    }

    /// With dz = dy · f′: dW[(i, j, c), o] = Σ_p x[p·stride + (i, j) − pad, c] · dz[p, o],  db = Σ_p dz[p],
    /// dx[q, c] = Σ over the (p, i, j) that meet q, and over o, of dz[p, o] · W[(i, j, c), o]
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        let geometry = geometry(workspace.input, images: pass.images)
        let outputGradient = pass.outputGradientBehindNonlinearity(biasScratch: workspace.biasScratch)
        Kernels.Convolution.weightGradient(
            geometry, pass.input, outputGradient, into: pass.gradient(.weight),
            algorithm: workspace.algorithm, scratch: pass[workspace.weightScratch], team: pass.team)
        if let inputGradient = pass.inputGradient {
            Kernels.Convolution.dataGradient(
                geometry, outputGradient, pass.parameter(.weight), into: inputGradient,
                adds: pass.addsInputGradient, algorithm: workspace.algorithm, scratch: pass[workspace.dataScratch],
                team: pass.team)
        }
    }
}

/// Which algorithm a convolution uses: a choice of the configuration.
public enum AlgorithmChoice: String, ConfigurationWord {
    /// The one that the shape lets expect to be faster: see ``ConvolutionGeometry/fasterAlgorithm``.
    case automatic = "auto"
    case direct
    case winograd
}

/// A square window that moves over a map: what convolutions and poolings have in common.
struct Window {
    let kernel: Int
    let stride: Int
    let pad: Int

    /// Checks that the window makes sense and fits into the padded map.
    func check(_ input: Shape) throws(LayerError) {
        try LayerError.require("kernel", kernel, atLeast: 1)
        try LayerError.require("stride", stride, atLeast: 1)
        try LayerError.require("pad", pad, atLeast: 0)
        guard pad < kernel else {
            throw LayerError(
                field: "pad", found: "pad \(pad) with kernel \(kernel)", expected: "a pad smaller than the kernel")
        }
        let extent = min(input.height, input.width)
        guard extent + 2 * pad >= kernel else {
            let enough = (kernel - extent + 1) / 2
            let smaller = "a kernel of at most \(extent + 2 * pad)"
            throw LayerError(
                field: "kernel",
                found: "a kernel of \(kernel)×\(kernel) on a map of \(input.map)" + (pad > 0 ? " with pad \(pad)" : ""),
                expected: "a map of at least \(kernel - 2 * pad)×\(kernel - 2 * pad)",
                suggestion: enough < kernel ? "use \(smaller) or pad \(enough)" : "use \(smaller)")
        }
    }
}

extension PoolingGeometry.Rounding: ConfigurationWord {}

extension Shape {
    /// `28×28×1`, also for flat vectors.
    var map: String { "\(height)×\(width)×\(channels)" }
}
