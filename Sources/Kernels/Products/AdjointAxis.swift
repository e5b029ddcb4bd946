/// One axis of a convolution, seen from the gradient of its data.
///
/// Pixel y of the input was under tap k of the filter at place (y + pad − k) / stride, where that is whole. So the pixels of
/// one phase, y = phase, phase + stride, …, meet every stride-th tap only, and the places that they meet move on by one
/// from pixel to pixel: a convolution with stride 1.
struct AdjointAxis {
    /// The pixels of the input.
    var size: Int
    /// The taps of the filter.
    var taps: Int
    /// The pixels from place to place.
    var stride: Int
    /// The zeros in front of the input.
    var pad: Int
    /// The places: the pixels of the output.
    var places: Int

    /// Every stride-th pixel of the input.
    struct Phase {
        /// The first of its pixels.
        var start: Int
        /// The number of its pixels.
        var count: Int
        /// The number of taps that they meet.
        var taps: Int
        /// The first of them in the filter turned round; the others follow at `stride`.
        var firstTap: Int
        /// The place under that tap at the first pixel; negative in front of the output.
        var firstPlace: Int
    }

    /// One of the phases 0 ..< stride.
    func phase(_ start: Int) -> Phase {
        let lowest = (start + pad) % stride
        let count = lowest < taps ? (taps - lowest + stride - 1) / stride : 0
        let highest = lowest + stride * (count - 1)
        return Phase(
            start: start, count: max(0, (size - start + stride - 1) / stride), taps: count,
            firstTap: taps - 1 - highest, firstPlace: (start + pad - lowest) / stride - (count - 1))
    }
}
