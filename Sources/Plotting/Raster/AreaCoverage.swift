/// How much of each pixel a polygon covers, exactly.
///
/// Each edge adds, to the pixels that it crosses, the area that it opens to its right; the running sum along a row is then the
/// coverage (R. Levien, "Inside the fastest font renderer in the world", 2016). Overlapping parts of like orientation count
/// once: the sum is cut at 1, which is the non-zero rule everywhere but on the border pixels of an overlap.
struct AreaCoverage {
    private let bounds: PixelBounds
    private let rowLength: Int
    private var areas: [Double]

    init(_ bounds: PixelBounds) {
        self.bounds = bounds
        // One column more takes what lies to the right of the bounds, and one the carry of an edge's last pixel.
        rowLength = bounds.columns.count + 2
        areas = [Double](repeating: 0, count: rowLength * bounds.rows.count)
    }

    /// Adds a polygon, in pixels; its last point is joined to its first.
    mutating func add(_ polygon: [Point]) {
        guard var previous = polygon.last else { return }
        for point in polygon {
            addEdge(previous, point)
            previous = point
        }
    }

    /// Hands out the covered pixels of each row: `body(row, firstColumn, coverages)`.
    func forEachRow(_ body: (Int, Int, [Float]) -> Void) {
        var coverages = [Float](repeating: 0, count: bounds.columns.count)
        for row in bounds.rows.indices {
            var sum = 0.0
            let start = (row - bounds.rows.lowerBound) * rowLength
            for column in coverages.indices {
                sum += areas[start + column]
                coverages[column] = Float(min(abs(sum), 1))
            }
            body(row, bounds.columns.lowerBound, coverages)
        }
    }

    /// Cuts an edge at the left and right bounds. What is left of them acts as if it ran along the bound: it covers all that
    /// follows in its rows. What is right of them covers nothing.
    private mutating func addEdge(_ start: Point, _ end: Point) {
        let origin = Point(Double(bounds.columns.lowerBound), Double(bounds.rows.lowerBound))
        let (a, b) = (Point(start.x - origin.x, start.y - origin.y), Point(end.x - origin.x, end.y - origin.y))
        guard a.y != b.y, a.x.isFinite, a.y.isFinite, b.x.isFinite, b.y.isFinite else { return }
        let right = Double(bounds.columns.count)
        var cuts = [0.0, 1.0]
        for bound in [0, right] where (a.x < bound) != (b.x < bound) { cuts.append((bound - a.x) / (b.x - a.x)) }
        cuts.sort()
        func at(_ t: Double) -> Point {
            let x = t == 1 ? b.x : a.x + (b.x - a.x) * t
            return Point(min(max(x, 0), right), t == 1 ? b.y : a.y + (b.y - a.y) * t)
        }
        for (from, to) in zip(cuts, cuts.dropFirst()) where from < to { addInside(at(from), at(to)) }
    }

    /// Adds an edge whose `x` lies within the bounds.
    private mutating func addInside(_ start: Point, _ end: Point) {
        guard start.y != end.y else { return }
        let (direction, top, bottom) = start.y < end.y ? (1.0, start, end) : (-1.0, end, start)
        let slope = (bottom.x - top.x) / (bottom.y - top.y)
        let lastRow = bounds.rows.count
        guard top.y < Double(lastRow), bottom.y > 0 else { return }
        var x = top.y < 0 ? top.x - top.y * slope : top.x
        let rows = max(0, Int(top.y.rounded(.down)))..<min(lastRow, Int(bottom.y.rounded(.up)))
        for row in rows {
            let height = min(Double(row + 1), bottom.y) - max(Double(row), top.y)
            let next = min(max(x + slope * height, 0), Double(bounds.columns.count))
            addSlice(row: row, from: min(x, next), to: max(x, next), height: direction * height)
            x = next
        }
    }

    /// Adds the part of an edge that lies in one row, between two `x`.
    private mutating func addSlice(row: Int, from left: Double, to right: Double, height: Double) {
        let start = row * rowLength
        let first = Int(left)
        let last = Int(right.rounded(.up))
        guard last > first + 1 else {
            // Within one pixel: the part to its right belongs to the next.
            let spill = (left + right) / 2 - Double(first)
            areas[start + first] += height * (1 - spill)
            areas[start + first + 1] += height * spill
            return
        }
        // The coverage of a pixel in the middle of the slice is the area under a ramp; each adds the difference to the one before.
        let rate = height / (right - left)
        var covered = 0.0
        for column in first..<last {
            let (from, to) = (max(left, Double(column)), min(right, Double(column + 1)))
            let span = to - from
            // Mean height reached in this pixel, plus what was reached before it, over the rest of the pixel's width.
            let reached = rate * (from - left)
            let area = reached * span + rate * span * span / 2 + (reached + rate * span) * (Double(column + 1) - to)
            areas[start + column] += area - covered
            covered = area
        }
        areas[start + last] += height - covered
    }
}

/// How much of each pixel a stroked polyline covers.
///
/// The stroke is the union of capsules, one about each segment, so that joins and caps are round and a line that crosses or
/// touches itself is not darker there. A pixel's coverage is the exact area that a straight band, as wide as the pen and as far
/// from the pixel's centre as the nearest segment, takes of the pixel; only at caps the band stands in for a curve.
struct StrokeCoverage {
    let bounds: PixelBounds
    private var coverages: [Float]

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
