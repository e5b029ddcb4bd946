import Foundation

/// A figure as it stands in a paper: a title, panels in rows and columns, a legend that covers nothing, and where it came from.
///
/// ```swift
/// let figure = Figure(
///     title: "Test accuracy over training", subtitle: "MNIST, mean and range of 5 seeds",
///     panels: [[Panel(
///         x: Axis("training step"), y: Axis("test accuracy", from: 0.9, to: 1, format: .percent),
///         marks: [
///             .band(x: steps, lower: least, upper: greatest, .series(0), label: "with batch normalization"),
///             .line(x: steps, y: mean, .series(0), label: "with batch normalization"),
///         ])]],
///     footnote: "normlab 1.0, profile quick")
/// try figure.writePNG(to: url, provenance: ["Run": hash])
/// try figure.writeSVG(to: url)
/// ```
public struct Figure: Sendable {
    /// Which panels have the same axis: the same range, and numbers only at the outer edge.
    public enum Sharing: Sendable {
        case none
        /// Panels along the axis's edge share it: a column shares `x`, a row shares `y`.
        case aligned
        case all
    }

    public enum LegendPlace: Sendable { case top, right, none }

    public var title: String
    /// What the data are; below the title.
    public var subtitle: String?
    /// The rows of panels from the top, each from the left. Rows may have different lengths.
    public var panels: [[Panel]]
    /// Where the figure came from; small, at the foot.
    public var footnote: String?
    public var sharedX: Sharing
    public var sharedY: Sharing
    /// Where the legend stands. It never covers data.
    public var legend: LegendPlace
    /// The extent in logical points (1/96 inch); nil takes one that suits the panels.
    public var size: Size?
    /// The width in logical points where only the height should suit the panels; ``size`` goes before it.
    public var width: Double?

    public init(
        title: String, subtitle: String? = nil, panels: [[Panel]], footnote: String? = nil, sharedX: Sharing = .none,
        sharedY: Sharing = .none, legend: LegendPlace = .top, size: Size? = nil
    ) {
        self.title = title
        self.subtitle = subtitle
        self.panels = panels
        self.footnote = footnote
        self.sharedX = sharedX
        self.sharedY = sharedY
        self.legend = legend
        self.size = size
    }

    public init(title: String, subtitle: String? = nil, panel: Panel, footnote: String? = nil, size: Size? = nil) {
        self.init(title: title, subtitle: subtitle, panels: [[panel]], footnote: footnote, size: size)
    }

    public func scene() -> Scene { FigureLayout(self).scene() }

    /// The picture as pixels, `scale` of them a logical point.
    public func bitmap(scale: Double = 2) -> Bitmap { Rasterizer.bitmap(of: scene(), scale: scale) }

    /// The bytes of a PNG file, at `scale` pixels a logical point; the same figure and provenance give the same bytes. The
    /// provenance is written as PNG texts by key; the title is added.
    public func png(provenance: [String: String] = [:], scale: Double = 2) throws(PNGError) -> [UInt8] {
        var texts = provenance
        if texts["Title"] == nil { texts["Title"] = title }
        return try PNG.encode(bitmap(scale: scale), pixelsPerInch: 96 * scale, texts: texts)
    }

    /// The SVG document, which can also stand inside an HTML page.
    public func svg(provenance: [String: String] = [:]) -> String {
        let description = provenance.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return SVGWriter.document(scene(), description: description.joined(separator: "\n"))
    }

    /// Writes the PNG file, whole or not at all.
    public func writePNG(to file: URL, provenance: [String: String] = [:], scale: Double = 2) throws {
        try Data(try png(provenance: provenance, scale: scale)).write(to: file, options: .atomic)
    }

    /// Writes the SVG file, whole or not at all.
    public func writeSVG(to file: URL, provenance: [String: String] = [:]) throws {
        try Data(svg(provenance: provenance).utf8).write(to: file, options: .atomic)
    }
}

/// One pair of axes and what is drawn between them.
public struct Panel: Sendable {
    /// What distinguishes this panel from its neighbours; stands above it.
    public var title: String?
    public var x: Axis
    public var y: Axis
    /// What is drawn, the hindmost first.
    public var marks: [Mark]
    /// The width beside that of the other columns: of 3 and 1, the first is three times as wide. The widest of a column counts.
    public var share: Double
    /// The plot's height in logical points; nil takes one that suits what is in it. The tallest of a row counts.
    public var height: Double?
    /// Whether the axes' lines are drawn; columns of words have none.
    public var isFramed: Bool

    public init(
        title: String? = nil, x: Axis = Axis(), y: Axis = Axis(), marks: [Mark] = [], share: Double = 1,
        height: Double? = nil, isFramed: Bool = true
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.marks = marks
        self.share = share
        self.height = height
        self.isFramed = isFramed
    }
}

/// One thing drawn from data in a ``Panel``, in data coordinates. Later marks lie over earlier ones.
///
/// Coordinates that are not finite, or not positive on a logarithmic axis, are gaps. On an axis of categories the position of
/// the first category is 0, of the second 1, and so on. Marks with a `label` appear in the legend; equal labels share an entry.
public enum Mark: Sendable {
    case line(x: [Double], y: [Double], Ink, label: String? = nil)
    /// A line that keeps each value until the next point.
    case steps(x: [Double], y: [Double], Ink, label: String? = nil)
    /// The area between two lines, light, for a spread over seeds.
    case band(x: [Double], lower: [Double], upper: [Double], Ink, label: String? = nil)
    case points(x: [Double], y: [Double], Ink, size: Double = 7, label: String? = nil)
    /// A thin bar with caps from `from` to `to`, at the position `at` on the other axis.
    case interval(Direction, at: Double, from: Double, to: Double, Ink, label: String? = nil)
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
