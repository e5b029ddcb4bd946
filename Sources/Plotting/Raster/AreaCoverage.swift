/// How much of each pixel a polygon covers, exactly.
///
/// Each edge adds, to the pixels that it crosses, the area that it opens to its right; the running sum along a row is then the
/// coverage (R. Levien, "Inside the fastest font renderer in the world", 2016). Overlapping parts of like orientation count
/// once: the sum is cut at 1, which is the non-zero rule everywhere but on the border pixels of an overlap.
struct AreaCoverage {
    private let bounds: PixelBounds
    private let rowLength: Int
    private var areas: [Double]

    /// An empty coverage of the given pixels.
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
