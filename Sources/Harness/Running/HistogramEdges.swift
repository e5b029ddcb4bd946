import Foundation

/// The bins of every histogram: the same for all taps, arms, seeds and experiments with the same number of bins.
///
/// Fixed bins make distributions comparable between arms and over training, and a resumed run identical to one that was
/// not. A single range would serve either pre-activations of ±0.05 at the start or of ±30 at the end; so the edges are
/// evenly spaced in asinh(x / 0.1): even in x around zero, even in log|x| further out, symmetric, up to ±100. They are
/// rounded to three significant digits, which makes them the same numbers on every machine. Two more bins count what lies
/// below and above.
public struct HistogramEdges: Equatable, Sendable {
    /// The largest edge.
    public static let limit = 100.0
    /// Where the spacing turns from even to logarithmic.
    public static let scale = 0.1

    /// The edges in ascending order. Bin 0 lies below `edges[0]`, bin i covers `edges[i - 1] ..< edges[i]`, and the last,
    /// bin `edges.count`, lies at or above the last edge.
    public let edges: [Float]

    /// The edges of a number of bins, not counting the two outside.
    ///
    /// - Parameter bins: at least 2.
    public init(bins: Int) {
        precondition(bins >= 2, "\(bins) bins; at least 2 are needed")
        let extent = asinh(Self.limit / Self.scale)
        edges = (0...bins).map { index in
            // Numbers the edges from the middle outwards, so that both halves are each other's mirror image.
            let position = Double(2 * index - bins) / Double(bins)
            let magnitude = Self.scale * sinh(extent * abs(position))
            return Float((position < 0 ? -1 : 1) * Self.rounded(magnitude))
        }
    }

    /// The left and right end of a bin; infinite for the outer two.
    public func ends(of bin: Int) -> (left: Float, right: Float) {
        (bin == 0 ? -.infinity : edges[bin - 1], bin == edges.count ? .infinity : edges[bin])
    }

    /// The value with three significant digits.
    private static func rounded(_ value: Double) -> Double {
        Double(String(format: "%.2e", value)) ?? value
    }
}
