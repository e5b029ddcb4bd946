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

    /// The centre lines of one line of text that begins at the origin, and its advance width; both in em.
    public static func layout(_ text: String) -> (strokes: [[Point]], width: Double) {
        var strokes: [[Point]] = []
        var width = 0.0
        for character in text {
            let glyph = glyph(character)
            for stroke in glyph.strokes { strokes.append(stroke.map { (x: $0.x + width, y: $0.y) }) }
            width += glyph.advance
        }
        return (strokes, width)
    }

    /// The advance width of one line of text, in em.
    public static func width(of text: String) -> Double {
        text.reduce(0) { $0 + glyph($1).advance }
    }

    private static let missing = Glyph("M 90 0 L 90 670 L 410 670 L 410 0 L 90 0", advance: 500)

    /// The glyphs of ASCII by code, which are by far the most asked for.
    private static let ascii: [Glyph?] = (UInt8(0)..<128).map { glyphs[Character(Unicode.Scalar($0))] }

    private static let glyphs: [Character: Glyph] = {
        var glyphs: [Character: Glyph] = [:]
        for table in [digits, capitals, smallLetters, punctuation, greek, symbols, raisedAndLowered] {
            glyphs.merge(table) { first, _ in first }
        }
        return glyphs
    }()

}
