import Foundation
import StrokeFont

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
