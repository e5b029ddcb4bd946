/// How much of each pixel a stroked polyline covers.
///
/// The stroke is the union of capsules, one about each segment, so that joins and caps are round and a line that crosses or
/// touches itself is not darker there. A pixel's coverage is the exact area that a straight band, as wide as the pen and as far
/// from the pixel's centre as the nearest segment, takes of the pixel; only at caps the band stands in for a curve.
struct StrokeCoverage {
    let bounds: PixelBounds
    private var coverages: [Float]

    /// An empty coverage of the given pixels.
    init(_ bounds: PixelBounds) {
        self.bounds = bounds
        coverages = [Float](repeating: 0, count: bounds.columns.count * bounds.rows.count)
    }

    /// Adds a polyline, in pixels. A single point is a dot.
    mutating func add(_ line: [Point], width: Double) {
        guard let first = line.first else { return }
        if line.count == 1 { addSegment(first, first, radius: width / 2) }
        for (start, end) in zip(line, line.dropFirst()) { addSegment(start, end, radius: width / 2) }
    }

    /// Hands out the covered pixels of each row: `body(row, firstColumn, coverages)`.
    func forEachRow(_ body: (Int, Int, [Float]) -> Void) {
        let length = bounds.columns.count
        for (index, row) in bounds.rows.enumerated() {
            body(row, bounds.columns.lowerBound, Array(coverages[index * length..<(index + 1) * length]))
        }
    }

    private mutating func addSegment(_ start: Point, _ end: Point, radius: Double) {
        let reach = radius + PixelProfile.reach
        let box = PixelBounds.touching(
            left: min(start.x, end.x) - reach, top: min(start.y, end.y) - reach,
            right: max(start.x, end.x) + reach, bottom: max(start.y, end.y) + reach
        ).intersection(bounds)
        guard !box.isEmpty, start.x.isFinite, start.y.isFinite, end.x.isFinite, end.y.isFinite else { return }
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let lengthSquared = dx * dx + dy * dy
        let inverse = lengthSquared > 0 ? 1 / lengthSquared : 0
        let length = lengthSquared.squareRoot()
        let body = PixelProfile(normal: length > 0 ? Point(-dy / length, dx / length) : Point(0, 1))
        // In a row, only the pixels within `reach` of the segment's line can be covered.
        let halfSpan = dy != 0 ? reach * length / abs(dy) : .infinity
        for row in box.rows {
            let y = Double(row) + 0.5 - start.y
            var columns = box.columns
            if halfSpan.isFinite {
                let middle = start.x + y * dx / dy
                columns = columns.clamped(
                    to: PixelBounds.touching(
                        left: middle - halfSpan - 1, top: 0, right: middle + halfSpan + 1, bottom: 0
                    )
                    .columns)
            }
            let line = (row - bounds.rows.lowerBound) * bounds.columns.count - bounds.columns.lowerBound
            for column in columns {
                let x = Double(column) + 0.5 - start.x
                let along = (x * dx + y * dy) * inverse
                let t = min(max(along, 0), 1)
                let (awayX, awayY) = (x - t * dx, y - t * dy)
                let squared = awayX * awayX + awayY * awayY
                guard squared < reach * reach else { continue }
                let distance = squared.squareRoot()
                let isBeside = (along == t && lengthSquared > 0) || distance == 0
                let profile = isBeside ? body : PixelProfile(normal: Point(awayX / distance, awayY / distance))
                let coverage = Float(profile.area(below: distance + radius) - profile.area(below: distance - radius))
                if coverage > coverages[line + column] { coverages[line + column] = min(coverage, 1) }
            }
        }
    }
}

/// The area of a unit pixel on one side of a straight line, by the line's distance from the pixel's centre.
///
/// Along the line's normal the pixel is a trapezoid; its integral is the area.
private struct PixelProfile {
    /// The farthest that a pixel's corner is from its centre, and a little more.
    static let reach = 0.7072

    private let outer: Double
    private let inner: Double
    private let height: Double
    /// Twice the product of the normal's components: the inverse slope of the trapezoid's sides.
    private let side: Double

    init(normal: Point) {
        let (a, b) = (abs(normal.x), abs(normal.y))
        outer = (a + b) / 2
        inner = abs(a - b) / 2
        height = 1 / max(a, b)
        side = 2 * a * b
    }

    func area(below distance: Double) -> Double {
        let x = abs(distance)
        let half: Double
        if x >= outer {
            half = 0.5
        } else if x <= inner || side == 0 {
            half = min(0.5, x * height)
        } else {
            half = 0.5 - (outer - x) * (outer - x) / side
        }
        return distance < 0 ? 0.5 - half : 0.5 + half
    }
}
