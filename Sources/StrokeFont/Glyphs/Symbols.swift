extension StrokeFont {
    /// Signs of mathematics and typography beyond ASCII.
    static let symbols: [Character: Glyph] = [
        "×": Glyph("M 120 452 L 464 108 M 464 452 L 120 108", advance: 584),
        "÷": Glyph("M 72 280 L 512 280 D 292 470 D 292 90", advance: 584),
        "±": Glyph("M 292 560 L 292 160 M 92 360 L 492 360 M 92 40 L 492 40", advance: 584),
        "−": Glyph("M 72 280 L 512 280", advance: 584),
        "–": Glyph("M 20 250 L 536 250", advance: 556),
        "—": Glyph("M 20 250 L 980 250", advance: 1000),
        "≤": Glyph("M 500 570 L 84 370 L 500 170 M 84 40 L 500 40", advance: 584),
        "≥": Glyph("M 84 570 L 500 370 L 84 170 M 84 40 L 500 40", advance: 584),
        "≈": Glyph(
            "M 72 326 C 110 440 190 450 292 380 C 394 310 474 320 512 434 "
                + "M 72 126 C 110 240 190 250 292 180 C 394 110 474 120 512 234", advance: 584),
        "≠": Glyph("M 72 380 L 512 380 M 72 180 L 512 180 M 420 540 L 164 20", advance: 584),
        "·": Glyph("D 140 270", advance: 280),
        "…": Glyph("D 160 10 D 500 10 D 840 10", advance: 1000),
        "•": Glyph("O 175 280 34 34 O 175 280 68 68", advance: 350),
        "‖": Glyph("M 120 740 L 120 -170 M 250 740 L 250 -170", advance: 370),
        "′": Glyph("M 160 700 L 96 470", advance: 220),
        "°": Glyph("O 200 560 108 108", advance: 400),
        "√": Glyph("M 40 330 L 130 380 L 268 0 L 460 760 L 600 760", advance: 600),
        "∞": Glyph(
            "M 356 260 C 270 400 220 420 180 420 C 110 420 70 350 70 260 C 70 170 110 100 180 100 C 290 100 422 420 532 420 "
                + "C 602 420 642 350 642 260 C 642 170 602 100 532 100 C 492 100 442 120 356 260", advance: 712),
        "→": Glyph("M 60 280 L 900 280 M 680 460 L 900 280 L 680 100", advance: 960),
        "←": Glyph("M 900 280 L 60 280 M 280 460 L 60 280 L 280 100", advance: 960),
        "↑": Glyph("M 250 0 L 250 680 M 100 480 L 250 680 L 400 480", advance: 500),
        "↓": Glyph("M 250 680 L 250 0 M 100 200 L 250 0 L 400 200", advance: 500),
        "∂": Glyph(
            "M 120 640 C 330 760 474 600 474 330 C 474 120 380 0 262 0 H 82 190 V 276 390 C 390 390 450 330 470 270",
            advance: 556),
        "∇": Glyph("M 56 670 L 610 670 L 333 0 L 56 670", advance: 666),
        "∑": Glyph("M 544 670 L 84 670 L 352 348 L 72 0 L 560 0", advance: 620),
        "§": Glyph(
            """
            M 426 584 C 410 650 350 690 274 690 C 186 690 126 642 126 570 C 126 430 470 410 470 250 C 470 180 410 140 340 124 \
            M 216 446 C 140 430 88 390 88 326 C 88 170 430 160 430 -6 C 430 -80 366 -130 276 -130 C 196 -130 132 -92 112 -20
            """, advance: 556),
        "“": Glyph("M 150 690 C 110 650 96 600 100 530 M 290 690 C 250 650 236 600 240 530", advance: 380),
        "”": Glyph("M 134 690 C 138 620 124 570 84 530 M 274 690 C 278 620 264 570 224 530", advance: 380),
        "‘": Glyph("M 150 690 C 110 650 96 600 100 530", advance: 230),
        "’": Glyph("M 134 690 C 138 620 124 570 84 530", advance: 230),
        "\u{a0}": Glyph("", advance: 278),
        "\u{2009}": Glyph("", advance: 160),
        "\u{202f}": Glyph("", advance: 160),
    ]

    /// Digits set small, above and below the line: for powers of ten and indices.
    static let raisedAndLowered: [Character: Glyph] = {
        var glyphs: [Character: Glyph] = [:]
        for (raised, lowered, digit) in zip3("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉", "0123456789") {
            guard let glyph = digits[digit] else { continue }
            glyphs[raised] = glyph.transformed(scale: 0.64, y: 0.32, penScale: 0.8)
            glyphs[lowered] = glyph.transformed(scale: 0.64, y: -0.16, penScale: 0.8)
        }
        glyphs["⁺"] = Glyph("M 174 690 L 174 430 M 44 560 L 304 560", advance: 348).transformed(scale: 1, penScale: 0.8)
        glyphs["⁻"] = Glyph("M 44 560 L 304 560", advance: 348).transformed(scale: 1, penScale: 0.8)
        glyphs["₋"] = Glyph("M 44 20 L 304 20", advance: 348).transformed(scale: 1, penScale: 0.8)
        return glyphs
    }()

    private static func zip3(_ a: String, _ b: String, _ c: String) -> [(Character, Character, Character)] {
        zip(zip(a, b), c).map { ($0.0, $0.1, $1) }
    }
}
