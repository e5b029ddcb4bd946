/// Work on polylines in a scene.
enum Polyline {
    /// The line with only the points that show: of the many within a quarter of a logical point across, the first, the last, the
    /// highest and the lowest, in order. The drawing is the same; a run of a hundred thousand steps stays a small file.
    static func simplified(_ line: [Point]) -> [Point] {
        guard line.count > 1000 else { return line }
        var kept: [Point] = []
        var start = 0
        while start < line.count {
            let column = (line[start].x * 4).rounded(.down)
            var (end, highest, lowest) = (start, start, start)
            while end < line.count, (line[end].x * 4).rounded(.down) == column {
                if line[end].y < line[highest].y { highest = end }
                if line[end].y > line[lowest].y { lowest = end }
                end += 1
            }
            var last = -1
            for index in [start, highest, lowest, end - 1].sorted() where index != last {
                kept.append(line[index])
                last = index
            }
            start = end
        }
        return kept
    }

    /// The corners of a line that keeps each value until the next point.
    static func steps(_ x: [Double], _ y: [Double]) -> (x: [Double], y: [Double]) {
        var (stepX, stepY): ([Double], [Double]) = ([], [])
        for (index, (x, y)) in zip(x, y).enumerated() {
            if index > 0, let before = stepY.last, before.isFinite, y.isFinite {
                stepX.append(x)
                stepY.append(before)
            }
            stepX.append(x)
            stepY.append(y)
        }
        return (stepX, stepY)
    }

    /// A few of the points at about equal distances across, for markers. Different markers begin at different places, so that
    /// those of neighbouring lines do not pile up.
    static func spread(_ points: [Point], width: Double, phase marker: Marker) -> [Point] {
        guard let first = points.first, let last = points.last else { return [] }
        let spacing = max(90, width / 7)
        let order = Double(Marker.allCases.firstIndex(of: marker) ?? 0)
        if points.count <= 2 || last.x - first.x <= spacing { return points.count <= 12 ? points : [first, last] }
        var chosen: [Point] = []
        var next = first.x + spacing * (0.35 + (order * 0.37).truncatingRemainder(dividingBy: 1) * 0.9)
        for point in points where point.x >= next {
            chosen.append(point)
            next += spacing * max(1, ((point.x - next) / spacing).rounded(.up))
        }
        return chosen
    }
}
