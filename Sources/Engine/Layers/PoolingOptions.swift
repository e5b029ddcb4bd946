import Kernels
import Vocabulary

/// What maximum and average pooling have in common: the window.
public struct PoolingOptions: Sendable {
    /// Height and width of the window.
    public var kernel = 0
    /// Positions of the input between neighbouring windows.
    public var stride = 1
    /// Rows and columns of padding on every side of the input.
    public var pad = 0
    /// What to do where the windows do not cover the map exactly.
    public var rounding = PoolingGeometry.Rounding.ceil

    /// The given window.
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
