/// A square window that moves over a map: what convolutions and poolings have in common.
struct Window {
    let kernel: Int
    let stride: Int
    let pad: Int
    let rounding: PoolingRounding

    /// Output positions along an extent of `size` input positions.
    ///
    /// Rounding up may leave a last window that starts in the padding; as in Caffe (`pooling_layer.cpp`) it is dropped.
    func extent(_ size: Int) -> Int {
        let room = size + 2 * pad - kernel
        switch rounding {
        case .floor: return room / stride + 1
        case .ceil:
            let count = (room + stride - 1) / stride + 1
            return pad > 0 && (count - 1) * stride >= size + pad ? count - 1 : count
        }
    }

    /// The shape of the output map, or why there is none.
    func output(of input: Shape, channels: Int) throws(LayerError) -> Shape {
        try LayerError.require("kernel", kernel, atLeast: 1)
        try LayerError.require("stride", stride, atLeast: 1)
        try LayerError.require("pad", pad, atLeast: 0)
        guard pad < kernel else {
            throw LayerError(
                field: "pad", found: "pad \(pad) with kernel \(kernel)", expected: "pad smaller than the kernel")
        }
        guard input.height + 2 * pad >= kernel, input.width + 2 * pad >= kernel else {
            let short = kernel - min(input.height, input.width)
            let enough = (short + 1) / 2
            throw LayerError(
                field: "kernel", found: "a kernel of \(kernel)×\(kernel) on a map of \(input.map) with pad \(pad)",
                expected: "a map of at least \(kernel - 2 * pad)×\(kernel - 2 * pad)",
                suggestion: enough < kernel
                    ? "use pad \(enough) or a kernel of at most \(min(input.height, input.width) + 2 * pad)"
                    : "use a kernel of at most \(min(input.height, input.width) + 2 * pad)")
        }
        return Shape(height: extent(input.height), width: extent(input.width), channels: channels)
    }
}

/// How the number of a pooling's outputs is rounded where the stride does not divide the map.
public enum PoolingRounding: String, ConfigurationWord {
    /// The last, incomplete window counts: Caffe's choice.
    case ceil
    /// Only whole windows count: most other frameworks' choice.
    case floor
}

extension Shape {
    /// `28×28×1`, also for flat vectors.
    var map: String { "\(height)×\(width)×\(channels)" }
}
