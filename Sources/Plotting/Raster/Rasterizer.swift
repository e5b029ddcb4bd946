import StrokeFont

/// Draws a ``Scene`` into pixels, anti-aliased.
public struct Rasterizer {
    private let scale: Double
    private var bitmap: Bitmap
    private var clip: PixelBounds

    /// Draws the scene at `scale` pixels a logical point.
    /// - Complexity: O(pixels touched by all elements).
    public static func bitmap(of scene: Scene, scale: Double = 2) -> Bitmap {
        var rasterizer = Rasterizer(size: scene.size, scale: scale)
        rasterizer.draw(scene.elements)
        return rasterizer.bitmap
    }

    private init(size: Size, scale: Double) {
        self.scale = scale
        let width = max(1, Int((size.width * scale).rounded()))
        let height = max(1, Int((size.height * scale).rounded()))
        bitmap = Bitmap(width: width, height: height)
        clip = PixelBounds(columns: 0..<width, rows: 0..<height)
    }

    private mutating func draw(_ elements: [Element]) {
        for element in elements {
            switch element {
            case .shape(let shape): draw(shape)
            case .text(let text): draw(text)
            case .cells(let cells): draw(cells)
            case .group(let box, let members):
                let outer = clip
                clip = clip.intersection(snapped(box))
                if !clip.isEmpty { draw(members) }
                clip = outer
            }
        }
    }

    /// The rectangle with its edges on the nearest pixel borders.
    private func snapped(_ box: Rectangle) -> PixelBounds {
        PixelBounds.touching(
            left: (box.x * scale).rounded(), top: (box.y * scale).rounded(), right: (box.maxX * scale).rounded(),
            bottom: (box.maxY * scale).rounded())
    }

    private func scaled(_ point: Point) -> Point { Point(point.x * scale, point.y * scale) }

    // MARK: Shapes

    private mutating func draw(_ shape: Shape) {
        if let (color, opacity) = shape.fill { fill(shape.outlines.map { $0.map(scaled) }, color, opacity) }
        guard let stroke = shape.stroke else { return }
        if stroke.isCrisp {
            for (start, end) in shape.outlines.flatMap({ zip($0, $0.dropFirst()) }) { rule(start, end, stroke) }
        } else {
            let lines = stroke.dash.isEmpty ? shape.outlines : shape.outlines.flatMap { Dash.cut($0, stroke.dash) }
            self.stroke([(lines.map { $0.map(scaled) }, stroke.width * scale)], stroke.color, opacity: stroke.opacity)
        }
    }

    private mutating func fill(_ polygons: [[Point]], _ color: Color, _ opacity: Double) {
        guard let bounds = bounds(polygons, reach: 0) else { return }
        var coverage = AreaCoverage(bounds)
        for polygon in polygons { coverage.add(polygon) }
        coverage.forEachRow { paint($0, $1, $2, color, opacity) }
    }

    /// Draws lines of one colour and several widths; where they overlap they are not darker.
    private mutating func stroke(_ pieces: [(lines: [[Point]], width: Double)], _ color: Color, opacity: Double) {
        let reach = (pieces.map(\.width).max() ?? 0) / 2 + 1
        guard let bounds = bounds(pieces.flatMap(\.lines), reach: reach) else { return }
        var coverage = StrokeCoverage(bounds)
        for (lines, width) in pieces { for line in lines { coverage.add(line, width: width) } }
        coverage.forEachRow { paint($0, $1, $2, color, opacity) }
    }

    /// Draws an upright or level line as a rectangle of whole pixels.
    private mutating func rule(_ start: Point, _ end: Point, _ stroke: Stroke) {
        let thickness = max(1, (stroke.width * scale).rounded())
        func edge(_ middle: Double) -> Double { (middle * scale - thickness / 2).rounded() }
        let isLevel = abs(start.y - end.y) < abs(start.x - end.x)
        let (from, to) =
            isLevel ? (min(start.x, end.x), max(start.x, end.x)) : (min(start.y, end.y), max(start.y, end.y))
        // Half the thickness at either end lets two rules meet in a full corner.
        let (near, far) = (edge(from), edge(to) + thickness)
        let across = edge(isLevel ? start.y : start.x)
        let bounds =
            isLevel
            ? PixelBounds.touching(left: near, top: across, right: far, bottom: across + thickness)
            : PixelBounds.touching(left: across, top: near, right: across + thickness, bottom: far)
        let visible = bounds.intersection(clip)
        let coverages = [Float](repeating: 1, count: visible.columns.count)
        for row in visible.rows { paint(row, visible.columns.lowerBound, coverages, stroke.color, stroke.opacity) }
    }

    private func bounds(_ lines: [[Point]], reach: Double) -> PixelBounds? {
        guard let box = Rectangle(around: lines.joined())?.outset(by: reach) else { return nil }
        let bounds = PixelBounds.touching(left: box.x, top: box.y, right: box.maxX, bottom: box.maxY).intersection(clip)
        return bounds.isEmpty ? nil : bounds
    }

    private mutating func paint(
        _ row: Int, _ firstColumn: Int, _ coverages: [Float], _ color: Color, _ opacity: Double
    ) {
        var start = (row * bitmap.width + firstColumn) * 3
        for coverage in coverages {
            if coverage > 0.002 { bitmap.blend(color, at: start, opacity: coverage * Float(opacity)) }
            start += 3
        }
    }

    // MARK: Cells

    private mutating func draw(_ cells: Cells) {
        let columns = cells.xEdges.map { Int(($0 * scale).rounded()) }
        let rows = cells.yEdges.map { Int(($0 * scale).rounded()) }
        for row in 0..<cells.rows {
            for column in 0..<cells.columns {
                guard let color = cells.colors[row * cells.columns + column] else { continue }
                let (left, top) = (columns[column], rows[row])
                let bounds = PixelBounds(
                    columns: left..<max(left, columns[column + 1]), rows: top..<max(top, rows[row + 1])
                ).intersection(clip)
                for y in bounds.rows { for x in bounds.columns { bitmap[x, y] = color } }
            }
        }
    }

    // MARK: Text

    private mutating func draw(_ text: Text) {
        let pen = TextMetrics.penWidth(text.weight)
        let stretch = TextMetrics.widening(text.weight)
        var along = text.offset
        var pieces: [(lines: [[Point]], penScale: Double)] = []
        for character in text.content {
            let glyph = StrokeFont.glyph(character)
            let lines = glyph.strokes.map { stroke in
                // The pen's lower edge, not its centre, stands on the baseline, as with other faces.
                stroke.map {
                    scaled(text.placed(along + $0.x * text.size * stretch, -($0.y + pen * 0.45) * text.size))
                }
            }
            pieces.append((lines, glyph.penScale))
            along += glyph.advance * text.size * stretch
        }
        let unit = text.size * scale
        if let halo = text.halo {
            stroke(pieces.map { ($0.lines, (pen * $0.penScale + 0.3) * unit) }, halo, opacity: 0.9)
        }
        stroke(pieces.map { ($0.lines, pen * $0.penScale * unit) }, text.color, opacity: 1)
    }
}

enum Dash {
    /// The parts of the line that are drawn, for lengths drawn and skipped in turn that begin with the line.
    static func cut(_ line: [Point], _ pattern: [Double]) -> [[Point]] {
        guard let first = line.first, pattern.reduce(0, +) > 0, pattern.allSatisfy({ $0 >= 0 }) else { return [line] }
        // An odd number of lengths is gone through twice, as SVG does.
        let pattern = pattern.count.isMultiple(of: 2) ? pattern : pattern + pattern
        var dashes: [[Point]] = [[first]]
        var index = 0
        var left = pattern[0]
        for (start, end) in zip(line, line.dropFirst()) {
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            let length = (dx * dx + dy * dy).squareRoot()
            guard length > 0, length.isFinite else { continue }
            var covered = 0.0
            while length - covered > left {
                covered += left
                let point = Point(start.x + dx * covered / length, start.y + dy * covered / length)
                if index.isMultiple(of: 2) { dashes[dashes.count - 1].append(point) } else { dashes.append([point]) }
                index = (index + 1) % pattern.count
                left = pattern[index]
            }
            left -= length - covered
            if index.isMultiple(of: 2) { dashes[dashes.count - 1].append(end) }
        }
        return dashes
    }
}

/// Pixels of 8-bit sRGB, row by row from the top.
public struct Bitmap: Equatable, Sendable {
    public let width: Int
    public let height: Int
    /// Red, green and blue of each pixel in turn.
    public internal(set) var components: [UInt8]
}

extension Bitmap {
    /// A white bitmap.
    /// - Precondition: both extents are positive.
    init(width: Int, height: Int) {
        precondition(width > 0 && height > 0, "a bitmap has at least one pixel")
        self.init(width: width, height: height, components: Array(repeating: 255, count: width * height * 3))
    }

    /// The colour of the pixel in a column, from the left, and a row, from the top.
    public subscript(column: Int, row: Int) -> Color {
        get {
            let start = (row * width + column) * 3
            return Color(red: components[start], green: components[start + 1], blue: components[start + 2])
        }
        set {
            let start = (row * width + column) * 3
            components[start] = newValue.red
            components[start + 1] = newValue.green
            components[start + 2] = newValue.blue
        }
    }

    /// Lays a colour over one pixel: 0 leaves it, 1 replaces it. Blends the sRGB components, as browsers do.
    mutating func blend(_ color: Color, at start: Int, opacity: Float) {
        func mix(_ index: Int, _ component: UInt8) {
            let below = Float(components[index])
            components[index] = UInt8((below + (Float(component) - below) * opacity).rounded())
        }
        mix(start, color.red)
        mix(start + 1, color.green)
        mix(start + 2, color.blue)
    }
}

/// A range of whole pixels: the columns and rows that may be changed.
struct PixelBounds: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>

    var isEmpty: Bool { columns.isEmpty || rows.isEmpty }

    func intersection(_ other: PixelBounds) -> PixelBounds {
        PixelBounds(columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
    }

    /// The pixels that a rectangle, in pixels, touches. Coordinates far outside are brought near first, so that none overflows.
    static func touching(left: Double, top: Double, right: Double, bottom: Double) -> PixelBounds {
        func whole(_ value: Double) -> Int { value.isFinite ? Int(min(max(value, -1e6), 1e6)) : 0 }
        let (first, above) = (whole(left.rounded(.down)), whole(top.rounded(.down)))
        return PixelBounds(
            columns: first..<max(first, whole(right.rounded(.up))), rows: above..<max(above, whole(bottom.rounded(.up)))
        )
    }
}
