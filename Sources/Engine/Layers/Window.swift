import Kernels
import Vocabulary

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
