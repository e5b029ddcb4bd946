import Plotting
import StrokeFont
import Testing

@Suite struct StrokeFontTests {
    static let printable = (UInt8(32)..<127).map { Character(Unicode.Scalar($0)) }
    static let special: [Character] = Array("αβγεηλμσρΔΣ×±−–—≤≥·°√²³⁻¹⁰⁴⁵⁶⁷⁸⁹₀₁₂…→∞≈‖′∇x̂ȳéüç")

    @Test func everyPrintableCharacterHasADrawing() {
        for character in Self.printable + Self.special {
            #expect(StrokeFont.contains(character), "\(character)")
            let glyph = StrokeFont.glyph(character)
            #expect(glyph.advance > 0, "\(character)")
            #expect(glyph.strokes.isEmpty == (character == " "), "\(character)")
            #expect(glyph.strokes.allSatisfy { $0.count >= 2 }, "\(character)")
        }
    }

    @Test func drawingsStayWithinTheirLineAndAdvance() {
        for character in Self.printable + Self.special {
            let glyph = StrokeFont.glyph(character)
            for point in glyph.strokes.joined() {
                #expect(point.y <= TextMetrics.ascent && point.y >= -TextMetrics.descent, "\(character)")
                #expect(point.x >= -0.05 && point.x <= glyph.advance + 0.05, "\(character)")
            }
        }
    }

    @Test func noTwoCharactersLookAlike() {
        var seen: [String: Character] = [:]
        for character in Self.printable where character != " " {
            let drawing = StrokeFont.glyph(character).strokes.map { $0.map { "\($0.x),\($0.y)" } }.description
            #expect(seen[drawing] == nil, "\(character) looks like \(seen[drawing] ?? " ")")
            seen[drawing] = character
        }
    }

    @Test func digitsAreTabularAndOfOneHeight() {
        for digit in "0123456789" {
            let glyph = StrokeFont.glyph(digit)
            #expect(glyph.advance == StrokeFont.glyph("0").advance)
            let heights = glyph.strokes.joined().map(\.y)
            #expect(heights.min() == 0)
            #expect(abs((heights.max() ?? 0) - StrokeFont.capHeight) < 1e-9)
        }
    }

    @Test func lettersKeepToTheirLines() {
        func top(_ character: Character) -> Double { StrokeFont.glyph(character).strokes.joined().map(\.y).max() ?? 0 }
        for letter in "acemnorsuvwxz" { #expect(abs(top(letter) - StrokeFont.xHeight) < 0.015, "\(letter)") }
        for letter in "BCDEFGHIKLMNOPRSTUVXYZ" { #expect(abs(top(letter) - StrokeFont.capHeight) < 0.015, "\(letter)") }
    }

    @Test func aTextIsAsWideAsItsGlyphs() {
        let width = StrokeFont.width(of: "il")
        #expect(abs(width - StrokeFont.glyph("i").advance - StrokeFont.glyph("l").advance) < 1e-12)
    }

    @Test func whatTheFaceLacksIsSeen() {
        #expect(!StrokeFont.contains("漢"))
        #expect(!StrokeFont.glyph("漢").strokes.isEmpty)
    }

    @Test func marksStandAboveTheirLetter() {
        let plain = StrokeFont.glyph("x")
        let hat = StrokeFont.glyph("x̂")
        #expect(hat.advance == plain.advance)
        #expect(hat.strokes.count == plain.strokes.count + 1)
        #expect((hat.strokes.last ?? []).allSatisfy { $0.y > StrokeFont.xHeight })
    }
}
