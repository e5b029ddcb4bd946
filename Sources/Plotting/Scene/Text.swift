import Foundation
import StrokeFont

public struct Text: Hashable, Sendable {
    /// The part of the line that lies on ``position``.
    public enum Anchor: Hashable, Sendable { case start, middle, end }
    /// The thickness of the letters.
    public enum Weight: Hashable, Sendable { case regular, bold }

    public var content: String
    /// The place of the anchor on the baseline.
    public var position: Point
    /// The size of an em in logical points.
    public var size: Double
    public var weight: Weight
    public var color: Color
    public var anchor: Anchor
    /// The angle about ``position`` in degrees, counter-clockwise; 90 reads upwards.
    public var rotation: Double
    /// A colour around the letters that keeps them legible over data; nil is none.
    public var halo: Color?

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

/// The extents of text, the same for both back ends.
public enum TextMetrics {
    /// The height above the baseline, in em, that letters can reach.
    public static let ascent = 0.78
    /// The depth below the baseline, in em, that letters can reach.
    public static let descent = 0.24
    /// The distance between baselines, in em.
    public static let lineHeight = 1.32
    /// The height of capitals and digits, pen included, in em.
    public static let capHeight = 0.72

    /// The width of one line of text in logical points, for letters of `size` points an em.
    public static func width(of text: String, size: Double, weight: Text.Weight = .regular) -> Double {
        StrokeFont.width(of: text) * size * widening(weight)
    }

    /// How much wider than regular letters those of the weight are set: thick letters need more room.
    static func widening(_ weight: Text.Weight) -> Double { weight == .bold ? 1.06 : 1 }

    /// The width of the pen in em.
    static func penWidth(_ weight: Text.Weight) -> Double { weight == .bold ? 0.112 : 0.078 }

    /// The text broken at spaces into lines no wider than `width`; a word that is wider has a line of its own.
    public static func wrapped(
        _ text: String, to width: Double, size: Double, weight: Text.Weight = .regular
    ) -> [String] {
        var lines: [String] = []
        let space = Self.width(of: " ", size: size, weight: weight)
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            var lineWidth = 0.0
            for word in paragraph.split(separator: " ") {
                let wordWidth = Self.width(of: String(word), size: size, weight: weight)
                if line.isEmpty {
                    (line, lineWidth) = (String(word), wordWidth)
                } else if lineWidth + space + wordWidth <= width {
                    line += " " + word
                    lineWidth += space + wordWidth
                } else {
                    lines.append(line)
                    (line, lineWidth) = (String(word), wordWidth)
                }
            }
            lines.append(line)
        }
        return lines
    }

    /// The same number of lines as ``wrapped(_:to:size:weight:)``, of lengths as equal as can be: no last word stands alone.
    public static func balanced(
        _ text: String, to width: Double, size: Double, weight: Text.Weight = .regular
    ) -> [String] {
        var best = wrapped(text, to: width, size: size, weight: weight)
        guard best.count > 1 else { return best }
        var (narrow, wide) = (0.0, width)
        while wide - narrow > 1 {
            let middle = (narrow + wide) / 2
            let lines = wrapped(text, to: middle, size: size, weight: weight)
            let isFitting = lines.allSatisfy { Self.width(of: $0, size: size, weight: weight) <= middle }
            if lines.count <= best.count && isFitting { (best, wide) = (lines, middle) } else { narrow = middle }
        }
        return best
    }

    /// The sine and cosine of an angle in degrees, exact for quarter turns.
    static func direction(_ degrees: Double) -> (sine: Double, cosine: Double) {
        switch degrees {
        case 0: (0, 1)
        case 90: (1, 0)
        case -90: (-1, 0)
        default: (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        }
    }
}
