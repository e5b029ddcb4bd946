/// One line of text in a ``Scene``.
public struct Text: Hashable, Sendable {
    /// The part of the line that lies on ``position``.
    public enum Anchor: Hashable, Sendable { case start, middle, end }
    /// The thickness of the letters.
    public enum Weight: Hashable, Sendable { case regular, bold }

    /// The words.
    public var content: String
    /// The place of the anchor on the baseline.
    public var position: Point
    /// The size of an em in logical points.
    public var size: Double
    /// The thickness of the letters.
    public var weight: Weight
    /// The colour of the letters.
    public var color: Color
    /// The part of the line that lies on ``position``.
    public var anchor: Anchor
    /// The angle about ``position`` in degrees, counter-clockwise; 90 reads upwards.
    public var rotation: Double
    /// A colour around the letters that keeps them legible over data; nil is none.
    public var halo: Color?

    /// One line of text.
    public init(
        _ content: String, at position: Point, size: Double = 12, weight: Weight = .regular, color: Color = .text,
        anchor: Anchor = .start, rotation: Double = 0, halo: Color? = nil
    ) {
        self.content = content
        self.position = position
        self.size = size
        self.weight = weight
        self.color = color
        self.anchor = anchor
        self.rotation = rotation
        self.halo = halo
    }

    /// The extent along the baseline.
    public var width: Double { TextMetrics.width(of: content, size: size, weight: weight) }

    /// The smallest upright box around the line, from the top of the capitals' accents to the bottom of the descenders.
    public var box: Rectangle {
        let start = offset
        let (top, bottom) = (-TextMetrics.ascent * size, TextMetrics.descent * size)
        let corners = [(start, top), (start + width, top), (start, bottom), (start + width, bottom)]
        return Rectangle(around: corners.map { placed($0.0, $0.1) }) ?? Rectangle(x: 0, y: 0, width: 0, height: 0)
    }

    /// Where the line begins on the baseline, seen from the anchor.
    var offset: Double {
        switch anchor {
        case .start: 0
        case .middle: -width / 2
        case .end: -width
        }
    }

    /// The place in the scene of a point `along` the baseline and `down` from it, both seen from the anchor.
    func placed(_ along: Double, _ down: Double) -> Point {
        let (sine, cosine) = TextMetrics.direction(rotation)
        return Point(position.x + along * cosine + down * sine, position.y - along * sine + down * cosine)
    }
}
