import StrokeFont

/// Draws one distorted digit after the other.
///
/// Only sums, products, quotients and square roots of `Double` are used, which IEEE 754 rounds the same everywhere; sine and
/// cosine are short polynomials for the same reason.
struct GlyphPainter {
    private let style: GlyphStyle
    private let shape: ImageShape
    /// The polylines of the ten digits, centred, their height −1…1, `y` down as in images.
    private let digits: [[[Point]]]
    /// The squared distance of every pixel from the pen's path.
    private var distances: [Double]

    private typealias Point = (x: Double, y: Double)

    init(style: GlyphStyle) {
        self.style = style
        shape = style.shape
        digits = "0123456789".map { character in
            let glyph = StrokeFont.glyph(character)
            let (middle, half) = (glyph.advance / 2, StrokeFont.capHeight / 2)
            return glyph.strokes.map { stroke in
                stroke.map { (x: ($0.x - middle) / half, y: (half - $0.y) / half) }
            }
        }
        distances = Array(repeating: 0, count: shape.height * shape.width)
    }

    /// Draws a digit into the bytes of one image.
    mutating func paint(digit: Int, with draws: inout Draws, into images: inout [UInt8], at offset: Int) {
        let pen = draws.uniform(0.7...1.9)
        clear()
        for stroke in distorted(digits[digit], with: &draws) { trace(stroke, reach: pen + 1) }
        if draws.happens(0.3) { trace(strayStroke(with: &draws), reach: pen + 1) }
        switch style {
        case .grey: fillGrey(pen: pen, with: &draws, into: &images, at: offset)
        case .color: fillColor(pen: pen, with: &draws, into: &images, at: offset)
        }
    }

    // MARK: Shapes

    /// A random affine map of the digit, after a slight bend that no affine map undoes.
    private func distorted(_ strokes: [[Point]], with draws: inout Draws) -> [[Point]] {
        let size = Double(shape.height)
        let scaleY = size * draws.uniform(0.29...0.38)
        let scaleX = scaleY * draws.uniform(0.75...1.2)
        let (sine, cosine) = Self.sineAndCosine(draws.uniform(-0.25...0.25))
        let shear = draws.uniform(-0.35...0.35)
        let (bendX, bendY) = (draws.uniform(-0.2...0.2), draws.uniform(-0.2...0.2))
        let centerX = size / 2 + draws.uniform(-0.06...0.06) * size
        let centerY = size / 2 + draws.uniform(-0.06...0.06) * size
        return strokes.map { stroke in
            stroke.map { point in
                let bentX = point.x + bendX * (point.y * point.y - 0.5)
                let bentY = point.y + bendY * (point.x * point.x - 0.3)
                let x = scaleX * (bentX + shear * bentY)
                let y = scaleY * bentY
                return (x: centerX + cosine * x - sine * y, y: centerY + sine * x + cosine * y)
            }
        }
    }

    /// A short straight stroke anywhere, of the digit's ink.
    private func strayStroke(with draws: inout Draws) -> [Point] {
        let size = Double(shape.height)
        let start = (x: draws.uniform(0...size), y: draws.uniform(0...size))
        let (dx, dy) = (draws.uniform(-0.3...0.3) * size, draws.uniform(-0.3...0.3) * size)
        return [start, (x: start.x + dx, y: start.y + dy)]
    }

    /// Taylor's polynomials; below 10⁻⁷ in error for angles up to half a radian.
    private static func sineAndCosine(_ angle: Double) -> (Double, Double) {
        let square = angle * angle
        return (
            angle * (1 - square / 6 * (1 - square / 20 * (1 - square / 42))),
            1 - square / 2 * (1 - square / 12 * (1 - square / 30))
        )
    }

    // MARK: Distances and coverage

    private mutating func clear() {
        for index in distances.indices { distances[index] = .greatestFiniteMagnitude }
    }

    /// Lowers the distances of the pixels within `reach` of a polyline.
    private mutating func trace(_ stroke: [Point], reach: Double) {
        for (start, end) in zip(stroke, stroke.dropFirst()) {
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            let length = max(dx * dx + dy * dy, 1e-12)
            let columns = pixels(min(start.x, end.x) - reach, max(start.x, end.x) + reach, limit: shape.width)
            for row in pixels(min(start.y, end.y) - reach, max(start.y, end.y) + reach, limit: shape.height) {
                for column in columns {
                    // A pixel's centre lies half a pixel inside it.
                    let (x, y) = (Double(column) + 0.5 - start.x, Double(row) + 0.5 - start.y)
                    let along = min(max((x * dx + y * dy) / length, 0), 1)
                    let (offX, offY) = (x - along * dx, y - along * dy)
                    let index = row * shape.width + column
                    distances[index] = min(distances[index], offX * offX + offY * offY)
                }
            }
        }
    }

    /// The pixels of a row or column whose extent meets an interval.
    private func pixels(_ low: Double, _ high: Double, limit: Int) -> Range<Int> {
        let first = min(max(Int(low.rounded(.down)), 0), limit)
        return first..<min(max(Int(high.rounded(.up)), first), limit)
    }

    /// How much of a pixel the pen covers, 0…1, from the distance of its centre.
    private func coverage(_ index: Int, pen: Double) -> Double {
        let outer = pen + 0.5
        guard distances[index] < outer * outer else { return 0 }
        return min(outer - distances[index].squareRoot(), 1)
    }

    // MARK: Light

    /// A rectangle that covers part of the digit, in three of ten images.
    private struct Patch {
        let rows: Range<Int>
        let columns: Range<Int>

        init?(size: Int, with draws: inout Draws) {
            guard draws.happens(0.3) else { return nil }
            let (height, width) = (3 + draws.index(below: size / 4), 3 + draws.index(below: size / 4))
            let (top, left) = (draws.index(below: size - height), draws.index(below: size - width))
            rows = top..<(top + height)
            columns = left..<(left + width)
        }

        func covers(_ row: Int, _ column: Int) -> Bool { rows.contains(row) && columns.contains(column) }
    }

    private func fillGrey(pen: Double, with draws: inout Draws, into images: inout [UInt8], at offset: Int) {
        let ground = draws.uniform(0...50)
        let ink = draws.uniform(170...255)
        let deviation = draws.uniform(2...24)
        let patch = Patch(size: shape.height, with: &draws)
        let patchLevel = draws.uniform(0...200)
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                let index = row * shape.width + column
                let covered = patch?.covers(row, column) ?? false
                let level = covered ? patchLevel : ground + (ink - ground) * coverage(index, pen: pen)
                images[offset + index] = Self.byte(level + deviation * draws.noise())
            }
        }
    }

    private func fillColor(pen: Double, with draws: inout Draws, into images: inout [UInt8], at offset: Int) {
        let brightness = draws.uniform(60...195)
        let contrast = draws.uniform(80...125) * (draws.happens(0.5) ? 1 : -1)
        func tint(_ level: Double, _ draws: inout Draws) -> SIMD3<Double> {
            SIMD3(
                level + draws.uniform(-40...40), level + draws.uniform(-40...40), level + draws.uniform(-40...40))
        }
        let ground = tint(brightness, &draws)
        let ink = tint(brightness + contrast, &draws)
        let slopeX = SIMD3(draws.uniform(-1...1), draws.uniform(-1...1), draws.uniform(-1...1))
        let slopeY = SIMD3(draws.uniform(-1...1), draws.uniform(-1...1), draws.uniform(-1...1))
        let deviation = draws.uniform(4...24)
        let patch = Patch(size: shape.height, with: &draws)
        let patchColor = tint(draws.uniform(40...215), &draws)
        let middle = Double(shape.width) / 2
        for row in 0..<shape.height {
            for column in 0..<shape.width {
                let index = row * shape.width + column
                let share = coverage(index, pen: pen)
                let local = ground + slopeX * (Double(column) - middle) + slopeY * (Double(row) - middle)
                let color = patch?.covers(row, column) ?? false ? patchColor : local + (ink - local) * share
                for channel in 0..<3 {
                    images[offset + 3 * index + channel] = Self.byte(color[channel] + deviation * draws.noise())
                }
            }
        }
    }

    private static func byte(_ level: Double) -> UInt8 {
        UInt8(min(max(level + 0.5, 0), 255))
    }
}
