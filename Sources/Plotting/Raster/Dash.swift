/// Cuts a polyline into dashes.
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
