/// One thing drawn from data in a ``Panel``, in data coordinates. Later marks lie over earlier ones.
///
/// Coordinates that are not finite, or not positive on a logarithmic axis, are gaps. On an axis of categories the position of
/// the first category is 0, of the second 1, and so on. Marks with a `label` appear in the legend; equal labels share an entry.
public enum Mark: Sendable {
    /// A line through points.
    case line(x: [Double], y: [Double], Ink, label: String? = nil)
    /// A line that keeps each value until the next point.
    case steps(x: [Double], y: [Double], Ink, label: String? = nil)
    /// The area between two lines, light, for a spread over seeds.
    case band(x: [Double], lower: [Double], upper: [Double], Ink, label: String? = nil)
    /// Markers at points.
    case points(x: [Double], y: [Double], Ink, size: Double = 7, label: String? = nil)
    /// A thin bar with caps from `from` to `to`, at the position `at` on the other axis.
    case interval(Direction, at: Double, from: Double, to: Double, Ink, label: String? = nil)
    /// A grid of colours.
    case heatMap(HeatMap)
    /// A straight line across the whole panel at a value of one axis: `.vertical` stands at an `x`.
    case rule(Direction, at: Double, Ink, label: String? = nil)
    /// Words at a point, with a halo of paper around them. The anchor is the part of the words that lies at the point.
    case note(String, x: Double, y: Double, color: Color = .text, anchor: Text.Anchor = .start)

    /// Along which axis a mark extends.
    public enum Direction: Sendable { case horizontal, vertical }
}

/// A grid of values shown as colours.
public struct HeatMap: Sendable {
    /// The columns' edges on the `x` axis, ascending; one more than there are columns.
    public var xEdges: [Double]
    /// The rows' edges on the `y` axis, ascending; one more than there are rows.
    public var yEdges: [Double]
    /// `values[row][column]`, the first row between the first two `yEdges`; a value that is not finite is a grey cell.
    public var values: [[Double]]
    /// Which colour a value has; figures draw its colour bar.
    public var colors: ColorScale
    /// Words in the cells, `[row][column]`; nil is none.
    public var labels: [[String]]?

    /// A grid with the given edges.
    /// - Precondition: there is a value for every cell.
    public init(
        xEdges: [Double], yEdges: [Double], values: [[Double]], colors: ColorScale, labels: [[String]]? = nil
    ) {
        precondition(values.count == max(0, yEdges.count - 1), "a row of values between each two edges of y")
        precondition(
            values.allSatisfy { $0.count == max(0, xEdges.count - 1) }, "a value between each two edges of x")
        self.xEdges = xEdges
        self.yEdges = yEdges
        self.values = values
        self.colors = colors
        self.labels = labels
    }
}
