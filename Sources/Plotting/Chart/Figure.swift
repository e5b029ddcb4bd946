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
        /// Every panel has its own.
        case none
        /// Panels along the axis's edge share it: a column shares `x`, a row shares `y`.
        case aligned
        /// All panels share it.
        case all
    }

    /// Where the legend stands.
    public enum LegendPlace: Sendable { case top, right, none }

    /// The message, bold.
    public var title: String
    /// What the data are; below the title.
    public var subtitle: String?
    /// The rows of panels from the top, each from the left. Rows may have different lengths.
    public var panels: [[Panel]]
    /// Where the figure came from; small, at the foot.
    public var footnote: String?
    /// Which panels have the same horizontal axis.
    public var sharedX: Sharing
    /// Which panels have the same vertical axis.
    public var sharedY: Sharing
    /// Where the legend stands. It never covers data.
    public var legend: LegendPlace
    /// The extent in logical points (1/96 inch); nil takes one that suits the panels.
    public var size: Size?
    /// The width in logical points where only the height should suit the panels; ``size`` goes before it.
    public var width: Double?

    /// A figure of the given panels.
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

    /// A figure of one panel.
    public init(title: String, subtitle: String? = nil, panel: Panel, footnote: String? = nil, size: Size? = nil) {
        self.init(title: title, subtitle: subtitle, panels: [[panel]], footnote: footnote, size: size)
    }

    /// The picture, for either back end.
    public func scene() -> Scene { FigureLayout(self).scene() }

    /// The picture as pixels, `scale` of them a logical point.
    public func bitmap(scale: Double = 2) -> Bitmap { Rasterizer.bitmap(of: scene(), scale: scale) }

    /// The bytes of a PNG file; the same figure and provenance give the same bytes.
    ///
    /// - Parameters:
    ///   - scale: pixels a logical point; 2 gives 192 pixels an inch.
    ///   - provenance: what the file says about where it came from, as PNG texts by key; the title is added.
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
