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
        else {
            return nil
        }
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
