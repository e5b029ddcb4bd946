/// How much of each pixel a stroked polyline covers.
///
/// The stroke is the union of capsules, one about each segment, so that joins and caps are round and a line that crosses or
/// touches itself is not darker there. A pixel's coverage follows from the distance of its centre to the nearest segment;
/// for level and upright lines it is the exact area.
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
        let reach = radius + 0.5
        let box = PixelBounds.touching(
            left: min(start.x, end.x) - reach, top: min(start.y, end.y) - reach,
            right: max(start.x, end.x) + reach, bottom: max(start.y, end.y) + reach
        ).intersection(bounds)
        guard !box.isEmpty, start.x.isFinite, start.y.isFinite, end.x.isFinite, end.y.isFinite else { return }
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let lengthSquared = dx * dx + dy * dy
        let inverse = lengthSquared > 0 ? 1 / lengthSquared : 0
        // In a row, only the pixels within `reach` of the segment's line can be covered.
        let halfSpan = dy != 0 ? reach * lengthSquared.squareRoot() / abs(dy) : .infinity
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
                let t = min(max((x * dx + y * dy) * inverse, 0), 1)
                let (awayX, awayY) = (x - t * dx, y - t * dy)
                let squared = awayX * awayX + awayY * awayY
                guard squared < reach * reach else { continue }
                let distance = squared.squareRoot()
                // The overlap of the pen, [distance − radius, distance + radius], with the pixel, [−½, ½].
                let coverage = Float(min(0.5, distance + radius) - max(-0.5, distance - radius))
                if coverage > coverages[line + column] { coverages[line + column] = min(coverage, 1) }
            }
        }
    }
}
