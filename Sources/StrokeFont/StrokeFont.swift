/// A single-stroke sans-serif face: every glyph is a set of centre lines that a pen of any width can follow.
///
/// One em is 1.0; `y` points up and the baseline is `y == 0`. The face was drawn for NormLab. Its advances lie close to those of
/// the usual sans-serif text faces, so that text laid out with it also fits when a browser shows the same words in such a face.
/// Digits are tabular: they all have the same advance.
public enum StrokeFont {
    /// A point of a centre line, in em, `y` up from the baseline.
    public typealias Point = (x: Double, y: Double)

    /// The height of flat capitals and of digits, in em.
    public static let capHeight = 0.67
    /// The height of flat small letters, in em.
    public static let xHeight = 0.48

    /// The glyph of a character; a character that the face lacks gets an upright box, so that a gap is seen and not lost.
    ///
    /// A base letter followed by combining marks (x̂) is one character, and its marks are set above the base.
    public static func glyph(_ character: Character) -> Glyph {
        if let code = character.asciiValue, let glyph = ascii[Int(code)] { return glyph }
        if let glyph = glyphs[character] { return glyph }
        return composed(character) ?? missing
    }

    /// Whether the face has a drawing of its own for the character.
    public static func contains(_ character: Character) -> Bool {
        glyphs[character] != nil || composed(character) != nil
    }

    /// The advance width of one line of text, in em.
    public static func width(of text: String) -> Double {
        text.reduce(0) { $0 + glyph($1).advance }
    }

    private static let missing = Glyph("M 90 0 L 90 670 L 410 670 L 410 0 L 90 0", advance: 500)

    /// The glyphs of ASCII by code, which are by far the most asked for.
    private static let ascii: [Glyph?] = (UInt8(0)..<128).map { glyphs[Character(Unicode.Scalar($0))] }

    private static let glyphs: [Character: Glyph] = {
        let tables = [digits, capitals, smallLetters, punctuation, greek, symbols, raisedAndLowered]
        return Dictionary(tables.joined().map { ($0.key, $0.value) }) { first, _ in first }
    }()
}

/// One character of a stroke font: the pen's centre lines and how far the next character is.
public struct Glyph: Sendable {
    /// The polylines that the pen follows, each with at least two points; a closed one ends where it began. In em, `y` up.
    public let strokes: [[StrokeFont.Point]]
    /// The distance from this glyph's origin to the next glyph's, in em.
    public let advance: Double

    /// How thick the pen is for this glyph beside the others: small figures want a finer one.
    public var penScale = 1.0
}

extension Glyph {
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

extension StrokeFont {
    /// The marks that can stand above any letter, by the scalar that combines, drawn about `x == 0` over a letter of x-height.
    private static let marks: [Unicode.Scalar: Glyph] = [
        "\u{300}": Glyph("M -90 710 L 30 590", advance: 0),
        "\u{301}": Glyph("M 90 710 L -30 590", advance: 0),
        "\u{302}": Glyph("M -116 588 L 0 704 L 116 588", advance: 0),
        "\u{303}": Glyph("M -130 606 C -94 690 -50 680 0 646 C 50 612 94 602 130 686", advance: 0),
        "\u{304}": Glyph("M -130 640 L 130 640", advance: 0),
        "\u{305}": Glyph("M -150 640 L 150 640", advance: 0),
        "\u{307}": Glyph("D 0 654", advance: 0),
        "\u{327}": Glyph("M 10 0 L 0 -60 C 110 -60 100 -190 -50 -170", advance: 0),
        "\u{308}": Glyph("D -104 654 D 104 654", advance: 0),
    ]

    /// Letters that come as one scalar and are a base and a mark.
    private static let precomposed: [Character: (base: Character, mark: Unicode.Scalar)] = {
        var table: [Character: (base: Character, mark: Unicode.Scalar)] = [:]
        for base in "aceiounyACEIOUNYx" {
            for mark in marks.keys {
                // Swift compares characters by canonical equivalence, so that the pair finds the single scalar too.
                table[Character("\(base)\(mark)")] = (base, mark)
            }
        }
        return table
    }()

    /// The glyph of a base letter with marks above it, or nil where the face lacks a part.
    static func composed(_ character: Character) -> Glyph? {
        let scalars = character.unicodeScalars
        if scalars.count == 1 {
            guard let parts = precomposed[character] else { return nil }
            return base(parts.base, with: [parts.mark])
        }
        guard let first = scalars.first else { return nil }
        return base(Character(first), with: Array(scalars.dropFirst()))
    }

    private static func base(_ base: Character, with scalars: [Unicode.Scalar]) -> Glyph? {
        guard contains(base) else { return nil }
        let drawn =
            base == "i" || base == "j"
            ? Glyph(strokes: Array(glyph(base).strokes.prefix(1)), advance: glyph(base).advance)
            : glyph(base)
        let points = drawn.strokes.joined()
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(), let top = points.map(\.y).max()
        else { return nil }
        var strokes = drawn.strokes
        var lift = max(0, top - xHeight)
        for scalar in scalars {
            guard let mark = marks[scalar] else { return nil }
            let isBelow = mark.strokes.joined().allSatisfy { $0.y <= 0 }
            strokes += mark.transformed(scale: 1, x: (left + right) / 2, y: isBelow ? 0 : lift).strokes
            if !isBelow { lift += 0.16 }
        }
        return Glyph(strokes: strokes, advance: drawn.advance)
    }
}
