import Kernels
import Vocabulary

/// What maximum and average pooling have in common: the window.
public struct PoolingOptions: Sendable {
    public var kernel = 0
    public var stride = 1
    public var pad = 0
    public var rounding = PoolingGeometry.Rounding.ceil

    public init(
        kernel: Int = 0, stride: Int = 1, pad: Int = 0, rounding: PoolingGeometry.Rounding = .ceil
    ) {
        self.kernel = kernel
        self.stride = stride
        self.pad = pad
        self.rounding = rounding
    }

    /// The fields, which a layer takes as its own.
    static let fields: [Field<Self>] = [
        Field("kernel", \.kernel, 1...255, required: true, "Height and width of the window."),
        Field("stride", \.stride, 1...255, "Positions of the input between neighbouring windows."),
        Field("pad", \.pad, 0...254, "Rows and columns of padding on every side."),
        Field(
            "rounding", \.rounding,
            "Whether a last, incomplete window counts (`ceil`, Caffe's rule) or not (`floor`)."),
    ]

    func outputShape(_ input: Shape) throws(LayerError) -> Shape {
        try Window(kernel: kernel, stride: stride, pad: pad).check(input)
        let geometry = geometry(input, images: 1)
        return Shape(height: geometry.outputHeight, width: geometry.outputWidth, channels: input.channels)
    }

    func geometry(_ input: Shape, images: Int) -> PoolingGeometry {
        PoolingGeometry(
            images: images, height: input.height, width: input.width, channels: input.channels, kernel: kernel,
            stride: stride, pad: pad, rounding: rounding)
    }
}

/// A pooling of square windows at even distances.
public protocol WindowPooling: Layer {
    var options: PoolingOptions { get set }
}

extension WindowPooling {
    public static var fields: [Field<Self>] { PoolingOptions.fields.within(\.options) }

    /// The given window; without a stride, windows lie side by side.
    public init(kernel: Int, stride: Int? = nil, pad: Int = 0, rounding: PoolingGeometry.Rounding = .ceil) {
        self.init()
        options = PoolingOptions(kernel: kernel, stride: stride ?? kernel, pad: pad, rounding: rounding)
    }

    /// The backward pass reads no values: at most where the greatest were.
    public var traits: LayerTraits { LayerTraits(.pooling, backwardReads: []) }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { try options.outputShape(inputs[0]) }
}

/// The greatest value of each window of each channel; padding is never the greatest.
public struct MaxPooling: WindowPooling {
    public var options = PoolingOptions()

    public static let kind = "max-pool"
    public static let summary = "The greatest value of each window of each channel."

    public init() {}

    /// Where each window's greatest value was.
    public struct Workspace: Sendable {
        let input: Shape
        let winners: MatrixSlot
    }

    /// The winners, until the backward pass.
    public func book(_ booking: inout Booking) -> Workspace {
        Workspace(
            input: booking.input,
            winners: booking.matrix(
                "winners", rowsPerImage: booking.output.positions, columns: booking.output.channels, .untilBackward))
    }

    /// y[p, c] = max over the window at p of x[·, c]
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        Pooling.max(
            options.geometry(workspace.input, images: pass.images), pass.input, into: pass.output,
            winners: pass[workspace.winners], team: pass.team)
    }

    /// dx[q, c] = Σ of dy[p, c] over the windows p that q won
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pooling.maxGradient(
            options.geometry(workspace.input, images: pass.images), pass.outputGradient,
            winners: pass[workspace.winners], into: inputGradient, team: pass.team)
    }
}

/// The mean of each window of each channel, of whatever windows.
public protocol MeanPooling: Layer where Workspace == Shape {
    func geometry(_ input: Shape, images: Int) -> PoolingGeometry
}

extension MeanPooling {
    /// Nothing: the passes need to know the input's shape only.
    public func book(_ booking: inout Booking) -> Shape { booking.input }

    /// y[p, c] = Σ over the window at p of x[·, c] / the window's size
    public func forward(_ pass: Pass, _ input: Shape) {
        Pooling.average(geometry(input, images: pass.images), pass.input, into: pass.output, team: pass.team)
    }

    /// dx[q, c] = Σ over the windows p that contain q of dy[p, c] / the window's size
    public func backward(_ pass: Pass, _ input: Shape) {
        guard let inputGradient = pass.inputGradient else { return }
        Pooling.averageGradient(
            geometry(input, images: pass.images), pass.outputGradient, into: inputGradient, team: pass.team)
    }
}

/// The mean of each window of each channel; padding counts as zeros (Caffe's divisor: the window's size in the padded map).
public struct AveragePooling: WindowPooling, MeanPooling {
    public var options = PoolingOptions()

    public static let kind = "average-pool"
    public static let summary = "The mean of each window of each channel; padding counts as zeros."

    public init() {}

    public func geometry(_ input: Shape, images: Int) -> PoolingGeometry { options.geometry(input, images: images) }
}

/// The mean of each channel over its whole map, whatever its extent (Lin et al. 2014, §3.2): the same network then serves
/// images of several sizes.
public struct GlobalAveragePooling: MeanPooling {
    public static let kind = "global-average-pool"
    public static let summary = "The mean of each channel over its whole map."
    public static let fields: [Field<Self>] = []

    public init() {}

    public var traits: LayerTraits { LayerTraits(.pooling, backwardReads: []) }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { .flat(inputs[0].channels) }

    public func geometry(_ input: Shape, images: Int) -> PoolingGeometry {
        PoolingGeometry(wholeMapsOf: images, height: input.height, width: input.width, channels: input.channels)
    }
}
