/// One character of a stroke font: the pen's centre lines and how far the next character is.
public struct Glyph: Sendable {
    /// The polylines that the pen follows, each with at least two points; a closed one ends where it began. In em, `y` up.
    public let strokes: [[StrokeFont.Point]]
    /// The distance from this glyph's origin to the next glyph's, in em.
    public let advance: Double

    /// How thick the pen is for this glyph beside the others: small figures want a finer one.
    public let penScale: Double

    /// A glyph of given strokes and advance, both in em.
    public init(strokes: [[StrokeFont.Point]], advance: Double, penScale: Double = 1) {
        self.strokes = strokes
        self.advance = advance
        self.penScale = penScale
    }

    /// A glyph drawn in the path language of ``GlyphPen``, with lengths in thousandths of an em.
    init(_ path: String, advance: Double) {
        var pen = GlyphPen()
        pen.draw(path)
        self.init(strokes: pen.strokes, advance: advance / 1000)
    }

    /// The glyph scaled about the origin and then moved.
    func transformed(scale: Double, x: Double = 0, y: Double = 0, penScale: Double = 1) -> Glyph {
        Glyph(
            strokes: strokes.map { $0.map { (x: $0.x * scale + x, y: $0.y * scale + y) } },
            advance: advance * scale, penScale: penScale)
    }
}
