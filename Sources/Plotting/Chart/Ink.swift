/// How a mark is drawn. Begin with ``series(_:)``, so that a series looks the same in every figure, and vary from there:
/// `.series(1).faint`, `.series(0).solid.width(2)`.
public struct Ink: Hashable, Sendable {
    /// The colour of lines, markers and areas.
    public var color: Color
    /// The width of lines in logical points.
    public var width: Double
    /// Lengths drawn and skipped in turn, in logical points; empty is a solid line.
    public var dash: [Double]
    /// The shape of data points; on a line it stands at a few places only. Nil leaves points as small dots and lines bare.
    public var marker: Marker?
    /// 0 (invisible) to 1 (opaque).
    public var opacity: Double

    /// A way to draw of the given properties.
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
    /// The same without dashes.
    public var solid: Ink { with { $0.dash = [] } }
    /// The same without markers.
    public var unmarked: Ink { with { $0.marker = nil } }
    /// The same with lines of another width, in logical points.
    public func width(_ width: Double) -> Ink { with { $0.width = width } }
    /// The same with another opacity, 0 to 1.
    public func opacity(_ opacity: Double) -> Ink { with { $0.opacity = opacity } }
    /// The same in another colour.
    public func color(_ color: Color) -> Ink { with { $0.color = color } }
    /// The same with another dash.
    public func dash(_ dash: [Double]) -> Ink { with { $0.dash = dash } }
    /// The same with another marker.
    public func marker(_ marker: Marker?) -> Ink { with { $0.marker = marker } }

    private func with(_ change: (inout Ink) -> Void) -> Ink {
        var ink = self
        change(&ink)
        return ink
    }

    /// The pen of lines.
    var stroke: Stroke { Stroke(color, width: width, dash: dash, opacity: opacity) }
}
