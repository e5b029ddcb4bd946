/// A picture as a list of things to draw, back to front, in logical points: what both back ends, PNG and SVG, draw.
public struct Scene: Sendable {
    /// The extent of the picture; its background is white.
    public var size: Size
    /// What the picture is, for those who cannot see it and for search.
    public var title: String
    /// What is drawn, the hindmost first.
    public var elements: [Element]

    /// A picture of the given extent.
    public init(size: Size, title: String = "", elements: [Element] = []) {
        self.size = size
        self.title = title
        self.elements = elements
    }

    /// Every text of the picture with the box that it occupies, in drawing order.
    public var texts: [(text: Text, box: Rectangle)] { Self.texts(in: elements) }

    private static func texts(in elements: [Element]) -> [(text: Text, box: Rectangle)] {
        elements.flatMap { element -> [(text: Text, box: Rectangle)] in
            switch element {
            case .text(let text): [(text, text.box)]
            case .group(_, let members): texts(in: members)
            case .shape, .cells: []
            }
        }
    }
}

/// One thing in a ``Scene``.
public enum Element: Sendable {
    /// Lines and areas.
    case shape(Shape)
    /// One line of text.
    case text(Text)
    /// A grid of coloured cells.
    case cells(Cells)
    /// Things of which only the part inside a rectangle shows.
    indirect case group(clip: Rectangle, [Element])
}

/// Polylines or polygons with the way to draw them: filled, stroked or both.
public struct Shape: Sendable {
    /// The polylines. A fill closes each; a stroke closes those whose last point equals the first.
    public var outlines: [[Point]]
    /// The colour and opacity (0 to 1) of the inside; nil leaves it empty.
    public var fill: (color: Color, opacity: Double)?
    /// How the outline is drawn; nil leaves it out.
    public var stroke: Stroke?

    /// A shape with the given outlines.
    public init(_ outlines: [[Point]], fill: (color: Color, opacity: Double)? = nil, stroke: Stroke? = nil) {
        self.outlines = outlines
        self.fill = fill
        self.stroke = stroke
    }

    /// An upright rectangle.
    public static func rectangle(
        _ box: Rectangle, fill: (color: Color, opacity: Double)? = nil, stroke: Stroke? = nil
    ) -> Shape {
        let corners = [
            Point(box.x, box.y), Point(box.maxX, box.y), Point(box.maxX, box.maxY), Point(box.x, box.maxY),
        ]
        return Shape([corners + [corners[0]]], fill: fill, stroke: stroke)
    }

    /// A straight line.
    public static func line(from start: Point, to end: Point, _ stroke: Stroke) -> Shape {
        Shape([[start, end]], stroke: stroke)
    }
}

/// How a pen draws: always with round caps and joins.
public struct Stroke: Hashable, Sendable {
    /// The colour of the line.
    public var color: Color
    /// The width of the line in logical points.
    public var width: Double
    /// Lengths drawn and skipped in turn, in logical points; empty is a solid line. Round caps lengthen each dash by the width.
    public var dash: [Double]
    /// 0 (invisible) to 1 (opaque). A line that crosses itself is not darker where it does.
    public var opacity: Double
    /// Whether upright and level lines are moved onto whole pixels and end bluntly, as axes and grids should.
    public var isCrisp: Bool

    /// A pen of the given properties.
    public init(_ color: Color, width: Double = 1, dash: [Double] = [], opacity: Double = 1, isCrisp: Bool = false) {
        self.color = color
        self.width = width
        self.dash = dash
        self.opacity = opacity
        self.isCrisp = isCrisp
    }
}

/// A grid of upright cells of one colour each.
public struct Cells: Sendable {
    /// The x of the columns' edges, ascending; one more than there are columns.
    public var xEdges: [Double]
    /// The y of the rows' edges, ascending; one more than there are rows.
    public var yEdges: [Double]
    /// The colours row by row from the top; nil shows the paper.
    public var colors: [Color?]

    /// A grid of `(xEdges.count − 1) × (yEdges.count − 1)` cells.
    /// - Precondition: there is a colour or nil for each cell.
    public init(xEdges: [Double], yEdges: [Double], colors: [Color?]) {
        precondition(colors.count == max(0, xEdges.count - 1) * max(0, yEdges.count - 1), "one colour for each cell")
        self.xEdges = xEdges
        self.yEdges = yEdges
        self.colors = colors
    }

    var columns: Int { max(0, xEdges.count - 1) }
    var rows: Int { max(0, yEdges.count - 1) }
}
