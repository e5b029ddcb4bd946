/// Reads a small path language and turns its curves into polylines.
///
/// Lengths are thousandths of an em, `y` up. The commands, each a letter followed by its numbers:
///
/// | command | meaning |
/// |---|---|
/// | `M x y` | begin a stroke |
/// | `L x y` | a straight line |
/// | `H x y` | a quarter of an ellipse that sets off horizontally and arrives vertically |
/// | `V x y` | a quarter of an ellipse that sets off vertically and arrives horizontally |
/// | `C x y x y x y` | a cubic Bézier curve |
/// | `O x y rx ry` | an ellipse about a centre |
/// | `D x y` | a dot |
struct GlyphPen {
    private(set) var strokes: [[StrokeFont.Point]] = []

    /// The control length of a quarter. A circle's is 0.5523; a little more squares the bowls, which opens them at small sizes.
    private static let fullness = 0.585
    private static let segmentsPerCurve = 8
    private static let dotRadius = 14.0

    mutating func draw(_ path: String) {
        var words = path.split(separator: " ")[...]
        while let command = words.popFirst() {
            func number() -> Double {
                guard let word = words.popFirst(), let value = Double(word) else {
                    preconditionFailure("command \(command) lacks a number in the glyph path '\(path)'")
                }
                return value
            }
            func point() -> StrokeFont.Point { (x: number(), y: number()) }
            switch command {
            case "M": begin(point())
            case "L": line(to: point())
            case "H": quarter(to: point(), horizontalFirst: true)
            case "V": quarter(to: point(), horizontalFirst: false)
            case "C": curve(point(), point(), to: point())
            case "O": ellipse(center: point(), radii: point())
            case "D": ellipse(center: point(), radii: (Self.dotRadius, Self.dotRadius))
            default: preconditionFailure("unknown command \(command) in the glyph path '\(path)'")
            }
        }
    }

    /// The end of the last stroke, in thousandths of an em.
    private var position: StrokeFont.Point {
        guard let last = strokes.last?.last else { preconditionFailure("a glyph path begins with M, O or D") }
        return (last.x * 1000, last.y * 1000)
    }

    private mutating func begin(_ point: StrokeFont.Point) {
        strokes.append([(point.x / 1000, point.y / 1000)])
    }

    private mutating func line(to end: StrokeFont.Point) {
        strokes[strokes.count - 1].append((end.x / 1000, end.y / 1000))
    }

    private mutating func quarter(to end: StrokeFont.Point, horizontalFirst: Bool) {
        let start = position
        let (dx, dy) = ((end.x - start.x) * Self.fullness, (end.y - start.y) * Self.fullness)
        if horizontalFirst {
            curve((start.x + dx, start.y), (end.x, end.y - dy), to: end)
        } else {
            curve((start.x, start.y + dy), (end.x - dx, end.y), to: end)
        }
    }

    private mutating func curve(_ first: StrokeFont.Point, _ second: StrokeFont.Point, to end: StrokeFont.Point) {
        let start = position
        for index in 1...Self.segmentsPerCurve {
            let t = Double(index) / Double(Self.segmentsPerCurve)
            let u = 1 - t
            let (a, b, c, d) = (u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t)
            line(
                to: (
                    x: a * start.x + b * first.x + c * second.x + d * end.x,
                    y: a * start.y + b * first.y + c * second.y + d * end.y
                ))
        }
    }

    private mutating func ellipse(center: StrokeFont.Point, radii: StrokeFont.Point) {
        begin((center.x, center.y + radii.y))
        quarter(to: (center.x + radii.x, center.y), horizontalFirst: true)
        quarter(to: (center.x, center.y - radii.y), horizontalFirst: false)
        quarter(to: (center.x - radii.x, center.y), horizontalFirst: true)
        quarter(to: (center.x, center.y + radii.y), horizontalFirst: false)
    }
}
