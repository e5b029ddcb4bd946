/// How a mark is drawn. Begin with ``series(_:)``, so that a series looks the same in every figure, and vary from there:
/// `.series(1).faint`, `.series(0).solid.width(2)`.
public struct Ink: Hashable, Sendable {
    public var color: Color
    /// The width of lines in logical points.
    public var width: Double
    /// Lengths drawn and skipped in turn, in logical points; empty is a solid line.
    public var dash: [Double]
    /// The shape of data points; on a line it stands at a few places only. Nil leaves points as small dots and lines bare.
    public var marker: Marker?
    /// 0 (invisible) to 1 (opaque).
    public var opacity: Double

    public init(
        _ color: Color, width: Double = 1.6, dash: [Double] = [], marker: Marker? = nil, opacity: Double = 1
    ) {
        self.color = color
        self.width = width
        self.dash = dash
        self.marker = marker
        self.opacity = opacity
    }

    /// The look of the series with this index: colour, dash and marker of the ``Palette``.
    public static func series(_ index: Int) -> Ink {
        Ink(Palette.color(index), dash: Palette.dash(index), marker: Palette.marker(index))
    }

    /// Dark grey and thin: for reference lines.
    public static let reference = Ink(.muted, width: 1, dash: [4, 3])

    /// The same, thin and half transparent, solid and without markers: for single seeds behind their mean.
    public var faint: Ink { Ink(color, width: width * 0.55, opacity: 0.32) }
    public var solid: Ink { with { $0.dash = [] } }
    public var unmarked: Ink { with { $0.marker = nil } }
    public func width(_ width: Double) -> Ink { with { $0.width = width } }
    public func opacity(_ opacity: Double) -> Ink { with { $0.opacity = opacity } }
    public func color(_ color: Color) -> Ink { with { $0.color = color } }
    public func dash(_ dash: [Double]) -> Ink { with { $0.dash = dash } }
    public func marker(_ marker: Marker?) -> Ink { with { $0.marker = marker } }

    private func with(_ change: (inout Ink) -> Void) -> Ink {
        var ink = self
        change(&ink)
        return ink
    }

    var stroke: Stroke { Stroke(color, width: width, dash: dash, opacity: opacity) }
}

/// How one series looks everywhere in a figure and in all figures of an experiment.
///
/// The colours are those of Okabe and Ito, which stay apart for every common kind of colour blindness
/// (M. Okabe, K. Ito, "Color Universal Design", 2008), those that stand out most on white paper first; their yellow, which
/// does not, is darkened. Dash and marker differ as well, so that a figure survives being printed in grey.
public enum Palette {
    public static let colors = [
        Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xCC79A7),
        Color(0xE69F00), Color(0x56B4E9), Color(0x2B2B2B), Color(0x8C6D1F),
    ]

    static let dashes: [[Double]] = [
        [], [7, 3.5], [1.2, 3.2], [8, 3.2, 1.2, 3.2], [4, 3], [11, 4], [8, 3, 1.2, 3, 1.2, 3], [2.5, 2.5],
    ]

    static let markers: [Marker] = [.circle, .diamond, .square, .triangle, .triangleDown, .cross, .plus, .pentagon]

    /// The colour of a series; beyond the last it begins again.
    public static func color(_ index: Int) -> Color { colors[wrapped(index, colors.count)] }
    /// The dash of a series, as lengths drawn and skipped in turn; empty is a solid line.
    public static func dash(_ index: Int) -> [Double] {
        // The second time round, a colour comes with the dash after its own.
        dashes[wrapped(index + index / colors.count, dashes.count)]
    }
    public static func marker(_ index: Int) -> Marker { markers[wrapped(index + index / colors.count, markers.count)] }

    private static func wrapped(_ index: Int, _ count: Int) -> Int { ((index % count) + count) % count }
}

/// The shape of a data point.
public enum Marker: Sendable, CaseIterable {
    case circle, diamond, square, triangle, triangleDown, cross, plus, pentagon
}

extension Marker {
    /// The marker about a point. All have about the same area as a circle of diameter `size`.
    func shape(at center: Point, size: Double, ink: Ink) -> Shape {
        func polygon(_ corners: [(Double, Double)]) -> Shape {
            let points = corners.map { Point(center.x + $0.0 * size / 2, center.y + $0.1 * size / 2) }
            // A rim of paper keeps markers apart from each other and from their lines.
            return Shape(
                [points + points.prefix(1)], fill: (ink.color, ink.opacity),
                stroke: Stroke(.white, width: 0.9, opacity: ink.opacity))
        }
        func lines(_ ends: [((Double, Double), (Double, Double))]) -> Shape {
            Shape(
                ends.map { ends in
                    [ends.0, ends.1].map { Point(center.x + $0.0 * size / 2, center.y + $0.1 * size / 2) }
                }, stroke: Stroke(ink.color, width: max(1.4, size * 0.24), opacity: ink.opacity))
        }
        switch self {
        case .circle: return polygon(Self.circlePoints)
        case .diamond: return polygon([(0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)])
        case .square: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
        case .triangle: return polygon([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)])
        case .triangleDown: return polygon([(0, 1.2), (1.15, -0.85), (-1.15, -0.85)])
        case .pentagon: return polygon([(0, -1.12), (1.07, -0.35), (0.66, 0.91), (-0.66, 0.91), (-1.07, -0.35)])
        case .cross: return lines([((-0.8, -0.8), (0.8, 0.8)), ((-0.8, 0.8), (0.8, -0.8))])
        case .plus: return lines([((-1, 0), (1, 0)), ((0, -1), (0, 1))])
        }
    }

    /// A circle of radius 1 as a polygon of 32 corners, by turning a corner again and again.
    private static let circlePoints: [(Double, Double)] = {
        let (cosine, sine) = (0.980785280403230449, 0.195090322016128268)  // of 2π/32
        return (1..<32).reduce(into: [(0, -1)]) { points, _ in
            let (x, y) = points[points.count - 1]
            points.append((x * cosine - y * sine, x * sine + y * cosine))
        }
    }()
}
