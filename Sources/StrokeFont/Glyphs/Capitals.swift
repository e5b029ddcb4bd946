extension StrokeFont {
    /// The capital Latin letters.
    static let capitals: [Character: Glyph] = [
        "A": Glyph("M 52 0 L 333 670 L 614 0 M 136 200 L 530 200", advance: 666),
        "B": Glyph(
            "M 104 0 L 104 670 L 362 670 H 540 512 V 362 354 L 104 354 M 362 354 H 584 178 V 374 0 L 104 0",
            advance: 660),
        "C": Glyph("M 646 522 C 612 616 518 670 404 670 H 92 335 V 404 0 C 520 0 618 60 650 160", advance: 716),
        "D": Glyph("M 104 0 L 104 670 L 322 670 H 626 335 V 322 0 L 104 0", advance: 718),
        "E": Glyph("M 560 670 L 104 670 L 104 0 L 570 0 M 104 350 L 530 350", advance: 640),
        "F": Glyph("M 548 670 L 104 670 L 104 0 M 104 340 L 506 340", advance: 600),
        "G": Glyph(
            "M 660 526 C 622 618 526 670 412 670 H 92 335 V 412 0 C 552 0 664 82 668 226 L 668 314 L 430 314",
            advance: 770),
        "H": Glyph("M 104 0 L 104 670 M 618 0 L 618 670 M 104 350 L 618 350", advance: 722),
        "I": Glyph("M 132 0 L 132 670", advance: 264),
        "J": Glyph("M 392 670 L 392 190 V 222 0 H 58 186", advance: 500),
        "K": Glyph("M 104 0 L 104 670 M 580 670 L 104 238 M 268 386 L 600 0", advance: 650),
        "L": Glyph("M 104 670 L 104 0 L 520 0", advance: 556),
        "M": Glyph("M 100 0 L 100 670 L 416 92 L 732 670 L 732 0", advance: 832),
        "N": Glyph("M 104 0 L 104 670 L 618 0 L 618 670", advance: 722),
        "O": Glyph("O 389 335 297 335", advance: 778),
        "P": Glyph("M 104 0 L 104 670 L 372 670 H 572 480 V 372 290 L 104 290", advance: 642),
        "Q": Glyph("O 389 335 297 335 M 450 162 L 674 -44", advance: 778),
        "R": Glyph("M 104 0 L 104 670 L 378 670 H 578 486 V 378 302 L 104 302 M 372 302 L 606 0", advance: 696),
        "S": Glyph(
            """
            M 558 534 C 538 622 450 670 336 670 C 206 670 106 608 106 504 C 106 414 180 376 330 344 \
            C 490 310 586 274 586 176 C 586 66 478 0 340 0 C 200 0 100 60 76 164
            """, advance: 660),
        "T": Glyph("M 40 670 L 572 670 M 306 670 L 306 0", advance: 612),
        "U": Glyph("M 100 670 L 100 250 V 361 0 H 622 250 L 622 670", advance: 722),
        "V": Glyph("M 48 670 L 328 0 L 608 670", advance: 656),
        "W": Glyph("M 44 670 L 252 0 L 470 660 L 688 0 L 896 670", advance: 940),
        "X": Glyph("M 66 670 L 590 0 M 584 670 L 58 0", advance: 648),
        "Y": Glyph("M 50 670 L 326 316 L 602 670 M 326 316 L 326 0", advance: 652),
        "Z": Glyph("M 76 670 L 548 670 L 62 0 L 560 0", advance: 620),
    ]
}
