extension StrokeFont {
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

extension StrokeFont {
    static let smallLetters: [Character: Glyph] = [
        "a": Glyph(
            """
            M 98 384 C 116 446 174 480 258 480 H 428 322 L 428 0 \
            M 428 286 L 262 286 C 140 286 82 224 82 144 C 82 56 142 0 230 0 C 346 0 428 64 428 190
            """, advance: 536),
        "b": Glyph("M 94 710 L 94 0 M 94 240 V 284 480 H 474 240 V 284 0 H 94 240", advance: 556),
        "c": Glyph("M 440 364 C 414 440 354 480 276 480 H 80 240 V 276 0 C 356 0 420 44 444 124", advance: 500),
        "d": Glyph("M 462 710 L 462 0 M 462 240 V 272 480 H 82 240 V 272 0 H 462 240", advance: 556),
        "e": Glyph("M 82 250 L 474 250 V 282 480 H 82 240 V 284 0 C 364 0 430 36 462 104", advance: 552),
        "f": Glyph("M 290 710 C 188 720 146 668 146 576 L 146 0 M 34 480 L 278 480", advance: 296),
        "g": Glyph(
            "M 462 480 L 462 4 V 278 -200 C 188 -200 122 -164 98 -98 M 462 246 V 272 480 H 82 246 V 272 12 H 462 246",
            advance: 556),
        "h": Glyph("M 96 710 L 96 0 M 96 264 V 292 480 H 456 308 L 456 0", advance: 548),
        "i": Glyph("M 112 480 L 112 0 D 112 654", advance: 224),
        "j": Glyph("M 118 480 L 118 -88 C 118 -166 82 -204 -6 -196 D 118 654", advance: 230),
        "k": Glyph("M 94 710 L 94 0 M 416 480 L 94 168 M 210 282 L 442 0", advance: 490),
        "l": Glyph("M 112 710 L 112 0", advance: 224),
        "m": Glyph(
            "M 94 480 L 94 0 M 94 280 V 260 480 H 412 318 L 412 0 M 412 280 V 578 480 H 734 318 L 734 0",
            advance: 828),
        "n": Glyph("M 96 480 L 96 0 M 96 264 V 292 480 H 456 308 L 456 0", advance: 548),
        "o": Glyph("O 278 240 196 240", advance: 556),
        "p": Glyph("M 94 480 L 94 -200 M 94 240 V 284 480 H 474 240 V 284 0 H 94 240", advance: 556),
        "q": Glyph("M 462 480 L 462 -200 M 462 240 V 272 480 H 82 240 V 272 0 H 462 240", advance: 556),
        "r": Glyph("M 94 480 L 94 0 M 94 238 C 94 396 164 488 310 476", advance: 336),
        "s": Glyph(
            """
            M 416 374 C 400 444 336 480 252 480 C 152 480 88 432 88 364 C 88 298 144 270 252 248 \
            C 370 224 436 196 436 126 C 436 46 360 0 256 0 C 150 0 84 42 68 118
            """, advance: 502),
        "t": Glyph("M 148 622 L 148 128 C 148 30 190 -10 282 4 M 34 480 L 276 480", advance: 306),
        "u": Glyph("M 92 480 L 92 172 V 254 0 H 452 216 M 452 480 L 452 0", advance: 548),
        "v": Glyph("M 40 480 L 248 0 L 456 480", advance: 496),
        "w": Glyph("M 38 480 L 196 0 L 360 470 L 524 0 L 682 480", advance: 720),
        "x": Glyph("M 54 480 L 446 0 M 440 480 L 48 0", advance: 494),
        "y": Glyph("M 42 480 L 254 0 M 460 480 L 232 -58 C 188 -164 138 -204 52 -194", advance: 502),
        "z": Glyph("M 60 480 L 422 480 L 50 0 L 432 0", advance: 482),
    ]
}

extension StrokeFont {
    /// The Greek letters of the field; capitals that look like Latin ones are not repeated.
    static let greek: [Character: Glyph] = [
        "α": Glyph("M 500 480 C 452 250 390 0 252 0 H 80 240 V 252 480 C 390 480 400 130 528 0", advance: 580),
        "β": Glyph(
            "M 98 -200 L 98 530 V 270 710 H 430 550 C 430 456 366 400 264 396 C 396 394 476 312 476 198 V 284 0 H 98 150",
            advance: 556),
        "γ": Glyph(
            "M 36 440 C 96 520 158 484 196 380 L 262 130 M 462 480 L 262 130 C 216 20 216 -200 268 -200 "
                + "C 318 -200 312 10 262 130", advance: 500),
        "δ": Glyph(
            "M 418 690 C 300 740 170 700 182 610 C 194 520 474 450 474 224 V 278 0 H 82 224 V 278 448 "
                + "C 320 448 352 438 376 420", advance: 556),
        "ε": Glyph(
            "M 408 398 C 384 450 322 480 254 480 C 158 480 102 432 102 364 C 102 294 160 254 246 254 L 300 254 "
                + "M 246 254 C 146 254 82 206 82 132 C 82 50 152 0 252 0 C 338 0 402 36 426 98", advance: 490),
        "ζ": Glyph(
            "M 100 700 L 410 700 C 240 600 84 420 84 214 C 84 20 420 70 400 -90 C 392 -150 330 -180 262 -170",
            advance: 470),
        "η": Glyph("M 92 480 L 92 0 M 92 264 V 288 480 H 452 308 L 452 -200", advance: 546),
        "θ": Glyph("O 278 350 186 350 M 92 350 L 464 350", advance: 556),
        "κ": Glyph("M 94 480 L 94 0 M 426 480 L 94 200 M 200 288 L 436 0", advance: 490),
        "λ": Glyph("M 60 700 C 150 716 184 660 214 570 L 432 0 M 262 432 L 58 0", advance: 490),
        "μ": Glyph(
            "M 94 480 L 94 -200 M 94 180 V 254 0 H 450 216 M 450 480 L 450 80 C 450 20 476 0 520 4", advance: 564),
        "ν": Glyph("M 40 480 L 236 0 C 356 140 430 310 440 480", advance: 496),
        "π": Glyph(
            "M 44 480 L 544 480 M 168 480 C 168 280 160 120 106 0 M 424 480 L 424 110 C 424 30 456 -4 524 6",
            advance: 588),
        "ρ": Glyph("M 94 -200 L 94 240 V 284 480 H 474 240 V 284 0 H 94 200", advance: 556),
        "σ": Glyph("M 560 470 L 278 470 H 82 232 V 278 0 H 470 232 C 470 340 410 440 320 470", advance: 590),
        "τ": Glyph("M 40 480 L 430 480 M 232 480 L 232 120 C 232 30 268 -6 356 6", advance: 470),
        "φ": Glyph("M 222 478 C 130 450 82 350 82 244 V 330 0 H 578 240 V 452 480 H 330 320 L 330 -200", advance: 660),
        "χ": Glyph(
            "M 50 470 C 130 500 150 440 190 340 L 346 -60 C 386 -160 406 -220 480 -190 M 456 480 L 60 -200",
            advance: 520),
        "ψ": Glyph("M 86 480 L 86 240 V 330 0 H 574 240 L 574 480 M 330 640 L 330 -200", advance: 660),
        "ω": Glyph(
            "M 190 480 C 112 420 82 330 82 220 V 218 0 H 350 200 L 350 330 M 350 200 V 482 0 H 618 220 C 618 330 588 420 510 480",
            advance: 700),
        "Γ": Glyph("M 104 0 L 104 670 L 520 670", advance: 552),
        "Δ": Glyph("M 56 0 L 333 670 L 610 0 L 56 0", advance: 666),
        "Θ": Glyph("O 389 335 297 335 M 244 335 L 534 335", advance: 778),
        "Λ": Glyph("M 52 0 L 328 670 L 604 0", advance: 656),
        "Π": Glyph("M 104 0 L 104 670 L 618 670 L 618 0", advance: 722),
        "Σ": Glyph("M 544 670 L 84 670 L 352 348 L 72 0 L 560 0", advance: 620),
        "Φ": Glyph("O 389 335 297 232 M 389 700 L 389 -30", advance: 778),
        "Ψ": Glyph("M 84 670 L 84 460 V 384 200 H 684 460 L 684 670 M 384 670 L 384 0", advance: 768),
        "Ω": Glyph(
            "M 70 0 L 290 0 L 290 90 C 160 140 92 240 92 380 V 384 670 H 676 380 C 676 240 608 140 478 90 "
                + "L 478 0 L 698 0", advance: 768),
    ]
}

extension StrokeFont {
    /// The digits, all of one advance.
    static let digits: [Character: Glyph] = [
        "0": Glyph("M 278 670 H 466 335 V 278 0 H 90 335 V 278 670", advance: 556),
        "1": Glyph("M 138 548 C 212 572 268 612 300 670 L 300 0", advance: 556),
        "2": Glyph("M 94 490 V 275 670 H 452 494 C 452 340 230 205 88 0 L 468 0", advance: 556),
        "3": Glyph(
            """
            M 96 532 C 112 620 180 670 272 670 H 446 510 V 268 352 L 214 352 \
            M 268 352 H 468 176 V 270 0 C 170 0 102 52 86 148
            """, advance: 556),
        "4": Glyph("M 380 0 L 380 670 L 72 186 L 488 186", advance: 556),
        "5": Glyph(
            "M 442 670 L 144 670 L 112 350 C 150 402 208 430 276 430 H 468 216 V 270 0 C 170 0 104 48 86 140",
            advance: 556),
        "6": Glyph(
            "M 448 546 C 426 628 366 670 292 670 C 156 670 88 540 88 310 L 88 214 V 278 0 H 468 214 V 278 428 H 88 214",
            advance: 556),
        "7": Glyph("M 86 670 L 468 670 C 330 500 232 270 206 0", advance: 556),
        "8": Glyph("O 278 513 166 157 O 278 178 194 178", advance: 556),
        "9": Glyph(
            "M 108 124 C 130 42 190 0 264 0 C 400 0 468 130 468 360 L 468 456 V 278 670 H 88 456 V 278 242 H 468 456",
            advance: 556),
    ]
}

extension StrokeFont {
    /// Printable ASCII other than letters and digits.
    static let punctuation: [Character: Glyph] = [
        " ": Glyph("", advance: 278),
        "!": Glyph("M 140 670 L 140 196 D 140 10", advance: 280),
        "\"": Glyph("M 112 670 L 112 480 M 242 670 L 242 480", advance: 354),
        "#": Glyph("M 216 650 L 140 20 M 428 650 L 352 20 M 60 440 L 528 440 M 40 230 L 508 230", advance: 570),
        "$": Glyph(
            """
            M 448 520 C 430 592 364 630 278 630 C 174 630 98 580 98 492 C 98 410 160 376 272 350 C 394 322 468 282 468 192 \
            C 468 96 386 40 276 40 C 168 40 98 90 80 180 M 278 730 L 278 -60
            """, advance: 556),
        "%": Glyph("O 210 500 136 170 O 678 170 136 170 M 676 680 L 212 -10", advance: 888),
        "&": Glyph(
            """
            M 626 0 L 218 474 C 150 556 190 670 304 670 C 414 670 454 566 386 490 C 330 430 226 384 158 320 \
            C 44 210 100 0 288 0 C 438 0 548 114 576 312
            """, advance: 690),
        "'": Glyph("M 104 670 L 104 480", advance: 208),
        "(": Glyph("M 262 750 C 66 520 66 90 262 -150", advance: 324),
        ")": Glyph("M 62 750 C 258 520 258 90 62 -150", advance: 324),
        "*": Glyph("M 200 680 L 200 420 M 88 616 L 312 484 M 312 616 L 88 484", advance: 400),
        "+": Glyph("M 292 500 L 292 60 M 72 280 L 512 280", advance: 584),
        ",": Glyph("M 148 32 L 148 0 C 148 -62 130 -100 92 -128", advance: 280),
        "-": Glyph("M 62 250 L 276 250", advance: 338),
        ".": Glyph("D 140 10", advance: 280),
        "/": Glyph("M 26 -70 L 272 720", advance: 298),
        ":": Glyph("D 140 10 D 140 440", advance: 280),
        ";": Glyph("M 148 32 L 148 0 C 148 -62 130 -100 92 -128 D 148 440", advance: 280),
        "<": Glyph("M 500 490 L 84 280 L 500 70", advance: 584),
        "=": Glyph("M 72 380 L 512 380 M 72 180 L 512 180", advance: 584),
        ">": Glyph("M 84 490 L 500 280 L 84 70", advance: 584),
        "?": Glyph("M 82 504 V 268 670 H 456 500 C 456 370 268 372 268 220 L 268 196 D 268 10", advance: 536),
        "@": Glyph(
            """
            O 486 296 152 176 M 650 472 L 626 196 C 618 120 664 96 722 110 C 830 138 898 240 898 348 C 898 540 742 676 520 676 \
            C 260 676 84 496 84 254 C 84 16 250 -140 500 -140 C 606 -140 700 -116 776 -72
            """, advance: 984),
        "[": Glyph("M 256 740 L 104 740 L 104 -140 L 256 -140", advance: 300),
        "\\": Glyph("M 26 720 L 272 -70", advance: 298),
        "]": Glyph("M 44 740 L 196 740 L 196 -140 L 44 -140", advance: 300),
        "^": Glyph("M 66 360 L 234 670 L 402 360", advance: 468),
        "_": Glyph("M 10 -120 L 546 -120", advance: 556),
        "`": Glyph("M 90 700 L 210 580", advance: 320),
        "{": Glyph(
            "M 286 740 C 200 744 166 700 166 630 L 166 420 C 166 346 130 308 62 300 C 130 292 166 254 166 180 L 166 -30 "
                + "C 166 -100 200 -144 286 -140", advance: 332),
        "|": Glyph("M 132 740 L 132 -170", advance: 264),
        "}": Glyph(
            "M 46 740 C 132 744 166 700 166 630 L 166 420 C 166 346 202 308 270 300 C 202 292 166 254 166 180 L 166 -30 "
                + "C 166 -100 132 -144 46 -140", advance: 332),
        "~": Glyph("M 72 226 C 110 340 190 350 292 280 C 394 210 474 220 512 334", advance: 584),
    ]
}

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
