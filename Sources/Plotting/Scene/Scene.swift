/// A picture as a list of things to draw, back to front, in logical points: what both back ends, PNG and SVG, draw.
public struct Scene: Sendable {
    /// The extent of the picture; its background is white.
    public var size: Size
    /// What the picture is, for those who cannot see it and for search.
    public var title = ""
    public var elements: [Element] = []

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

public enum Element: Sendable {
    case shape(Shape)
    case text(Text)
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

    public init(_ outlines: [[Point]], fill: (color: Color, opacity: Double)? = nil, stroke: Stroke? = nil) {
        self.outlines = outlines
        self.fill = fill
        self.stroke = stroke
    }

    public static func rectangle(
        _ box: Rectangle, fill: (color: Color, opacity: Double)? = nil, stroke: Stroke? = nil
    ) -> Shape {
        let corners = [
            Point(box.x, box.y), Point(box.maxX, box.y), Point(box.maxX, box.maxY), Point(box.x, box.maxY),
        ]
        return Shape([corners + [corners[0]]], fill: fill, stroke: stroke)
    }

    public static func line(from start: Point, to end: Point, _ stroke: Stroke) -> Shape {
        Shape([[start, end]], stroke: stroke)
    }
}

/// How a pen draws: always with round caps and joins.
public struct Stroke: Hashable, Sendable {
    public var color: Color
    /// The width of the line in logical points.
    public var width: Double
    /// Lengths drawn and skipped in turn, in logical points; empty is a solid line. Round caps lengthen each dash by the width.
    public var dash: [Double]
    /// 0 (invisible) to 1 (opaque). A line that crosses itself is not darker where it does.
    public var opacity: Double
    /// Whether upright and level lines are moved onto whole pixels and end bluntly, as axes and grids should.
    public var isCrisp: Bool

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

/// A place in a scene. The unit is the logical point (1/96 inch); `y` points down from the top edge.
public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }
}

/// A width and a height in logical points.
public struct Size: Hashable, Sendable {
    public var width: Double
    public var height: Double

    public init(_ width: Double, _ height: Double) {
        self.width = width
        self.height = height
    }
}

/// An upright rectangle in logical points; its extents are not negative.
public struct Rectangle: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double
}

extension Rectangle {
    /// The smallest rectangle that holds all the points; nil where there are none.
    public init?(around points: some Sequence<Point>) {
        var (left, right, top, bottom) = (Double.infinity, -Double.infinity, Double.infinity, -Double.infinity)
        for point in points {
            (left, right) = (min(left, point.x), max(right, point.x))
            (top, bottom) = (min(top, point.y), max(bottom, point.y))
        }
        guard left <= right, top <= bottom else { return nil }
        self.init(x: left, y: top, width: right - left, height: bottom - top)
    }

    public var maxX: Double { x + width }
    public var maxY: Double { y + height }
    public var midX: Double { x + width / 2 }
    public var midY: Double { y + height / 2 }

    /// The rectangle with every edge moved outwards by `distance`, or inwards where that is negative.
    public func outset(by distance: Double) -> Rectangle {
        Rectangle(x: x - distance, y: y - distance, width: width + 2 * distance, height: height + 2 * distance)
    }

    /// Whether the two share more than an edge.
    public func overlaps(_ other: Rectangle) -> Bool {
        x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
    }

    /// Whether the other lies wholly inside, edges included.
    public func contains(_ other: Rectangle) -> Bool {
        x <= other.x && y <= other.y && maxX >= other.maxX && maxY >= other.maxY
    }
}

/// An opaque colour of sRGB.
public struct Color: Hashable, Sendable {
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8
}

extension Color {
    /// The colour as it is written on the web: `0xRRGGBB`.
    public init(_ code: UInt32) {
        self.init(
            red: UInt8(truncatingIfNeeded: code >> 16), green: UInt8(truncatingIfNeeded: code >> 8),
            blue: UInt8(truncatingIfNeeded: code))
    }

    /// The paper.
    public static let white = Color(0xFFFFFF)
    /// Titles and the strongest text.
    public static let ink = Color(0x222222)
    /// Labels, axes and ticks.
    public static let text = Color(0x3C3C3C)
    /// What is said in passing: subtitles, footnotes.
    public static let muted = Color(0x5E5E5E)
    public static let grid = Color(0xE4E4E4)
    /// A cell without a value.
    public static let missing = Color(0xE9E9E9)

    /// The colour on the straight way to `other`: itself at 0, the other at 1.
    public func mixed(with other: Color, _ fraction: Double) -> Color {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * min(max(fraction, 0), 1)).rounded())
        }
        return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// The relative luminance of WCAG 2.1, 0 (black) to 1 (white), with the gamma curve taken as a square.
    public var luminance: Double {
        func linear(_ component: UInt8) -> Double { Double(component) * Double(component) / 65025 }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// `#rrggbb`.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return [red, green, blue].reduce(into: "#") { $0 += "\(digits[Int($1 >> 4)])\(digits[Int($1 & 15)])" }
    }
}
