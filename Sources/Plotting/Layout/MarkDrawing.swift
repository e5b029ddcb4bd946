struct MarkDrawing {
    static let bandOpacity = 0.2

    let model: PanelModel
    let box: Rectangle

    /// The place of a data point; nil where there is none.
    private func point(_ x: Double, _ y: Double) -> Point? {
        let (across, up) = (model.x.fraction(x), model.y.fraction(y))
        guard across.isFinite, up.isFinite else { return nil }
        return Point(box.x + Self.held(across) * box.width, box.maxY - Self.held(up) * box.height)
    }

    /// A place far outside the frame moved to where it looks the same: cut into dashes, the way to a loss of 10³⁰ would take all
    /// memory.
    private static func held(_ fraction: Double) -> Double { min(max(fraction, -100), 100) }

    private func isInside(_ point: Point) -> Bool {
        box.outset(by: 0.01).contains(Rectangle(x: point.x, y: point.y, width: 0, height: 0))
    }

    private func runs(_ x: [Double], _ y: [Double]) -> [[Point]] {
        var runs: [[Point]] = []
        var isGap = true
        for (x, y) in zip(x, y) {
            guard let point = point(x, y) else {
                isGap = true
                continue
            }
            if isGap { runs.append([]) }
            isGap = false
            runs[runs.count - 1].append(point)
        }
        return runs.map(Polyline.simplified)
    }

    // MARK: What the frame cuts

    /// The part of a mark that ends at the frame.
    func clipped(_ mark: Mark) -> [Element] {
        switch mark {
        case .line(let x, let y, let ink, _):
            return [.shape(Shape(runs(x, y), stroke: ink.stroke))]
        case .steps(let x, let y, let ink, _):
            let (stepX, stepY) = Polyline.steps(x, y)
            return [.shape(Shape(runs(stepX, stepY), stroke: ink.stroke))]
        case .band(let x, let lower, let upper, let ink, _):
            return bands(x, lower, upper).map {
                .shape(Shape([$0], fill: (ink.color, ink.opacity * Self.bandOpacity)))
            }
        case .heatMap(let map):
            return heatMap(map)
        case .rule(let direction, let at, let ink, _):
            let fraction = direction == .vertical ? model.x.fraction(at) : model.y.fraction(at)
            guard fraction.isFinite else { return [] }
            let (x, y) = (box.x + fraction * box.width, box.maxY - fraction * box.height)
            let line: [Point] =
                direction == .vertical
                ? [Point(x, box.y), Point(x, box.maxY)] : [Point(box.x, y), Point(box.maxX, y)]
            return [.shape(Shape([line], stroke: ink.stroke))]
        case .points, .interval, .note:
            return []
        }
    }

    private func bands(_ x: [Double], _ lower: [Double], _ upper: [Double]) -> [[Point]] {
        // A gap in either border is a gap in both.
        let isWhole = zip(lower, upper).map { $0.isFinite && $1.isFinite }
        let low = runs(x, zip(lower, isWhole).map { $1 ? $0 : .nan })
        let high = runs(x, zip(upper, isWhole).map { $1 ? $0 : .nan })
        guard low.count == high.count else { return [] }
        return zip(low, high).map { $1 + $0.reversed() }
    }

    private func heatMap(_ map: HeatMap) -> [Element] {
        let x = map.xEdges.compactMap { point($0, map.yEdges.first ?? .nan)?.x }
        let y = map.yEdges.compactMap { point(map.xEdges.first ?? .nan, $0)?.y }
        guard x.count == map.xEdges.count, y.count == map.yEdges.count, x.count > 1, y.count > 1 else { return [] }
        // Cells go down the paper and to the right; the axes may go the other way.
        let rows = y[0] < y[1] ? Array(map.values.indices) : Array(map.values.indices.reversed())
        let columns = x[0] < x[1] ? Array(0..<x.count - 1) : Array((0..<x.count - 1).reversed())
        let colors = rows.flatMap { row in columns.map { Optional(map.colors.color(map.values[row][$0])) } }
        return [.cells(Cells(xEdges: x.sorted(), yEdges: y.sorted(), colors: colors))]
    }

    // MARK: What may reach over the frame

    /// The part of a mark that may overlap the frame: whole markers and words.
    func unclipped(_ mark: Mark) -> [Element] {
        switch mark {
        case .line(let x, let y, let ink, _), .steps(let x, let y, let ink, _):
            guard let marker = ink.marker else { return [] }
            let visible = zip(x, y).compactMap { point($0, $1) }.filter(isInside)
            return Polyline.spread(visible, width: box.width, phase: marker).map {
                .shape(marker.shape(at: $0, size: 7, ink: ink))
            }
        case .points(let x, let y, let ink, let size, _):
            let marker = ink.marker ?? .circle
            return zip(x, y).compactMap { point($0, $1) }.filter(isInside).map {
                .shape(marker.shape(at: $0, size: size, ink: ink))
            }
        case .interval(let direction, let at, let from, let to, let ink, _):
            let ends = direction == .vertical ? (point(at, from), point(at, to)) : (point(from, at), point(to, at))
            guard let start = ends.0, let end = ends.1 else { return [] }
            func held(_ point: Point) -> Point {
                Point(min(max(point.x, box.x), box.maxX), min(max(point.y, box.y), box.maxY))
            }
            return [.shape(Interval.shape(from: held(start), to: held(end), ink: ink))]
        case .note(let words, let x, let y, let color, let anchor):
            guard let place = point(x, y), isInside(place) else { return [] }
            return note(words, at: place, color, anchor)
        case .heatMap(let map):
            return cellLabels(map)
        case .band, .rule:
            return []
        }
    }

    private func note(_ words: String, at place: Point, _ color: Color, _ anchor: Text.Anchor) -> [Element] {
        var text = Text(words, at: place, size: Typography.noteSize, color: color, anchor: anchor, halo: .white)
        // Words that would leave the plot are moved back into it.
        text.position.x += max(0, box.x + 2 - text.box.x) - max(0, text.box.maxX - box.maxX + 2)
        text.position.y += max(0, box.y + 2 - text.box.y) - max(0, text.box.maxY - box.maxY + 2)
        return [.text(text)]
    }

    private func cellLabels(_ map: HeatMap) -> [Element] {
        guard let labels = map.labels else { return [] }
        var texts: [Element] = []
        for (row, words) in labels.enumerated() where row < map.values.count {
            for (column, word) in words.enumerated() where column < map.values[row].count && !word.isEmpty {
                guard let low = point(map.xEdges[column], map.yEdges[row]),
                    let high = point(map.xEdges[column + 1], map.yEdges[row + 1])
                else { continue }
                let isDark = map.colors.color(map.values[row][column]).luminance < 0.24
                // Words wider than their cell would run into the next; the colour still says it.
                let width = TextMetrics.width(of: word, size: Typography.noteSize)
                guard width <= abs(high.x - low.x) - 4, abs(high.y - low.y) >= Typography.noteSize else { continue }
                let middle = Point((low.x + high.x) / 2, (low.y + high.y) / 2)
                texts.append(
                    .text(
                        Text(
                            word, at: Point(middle.x, middle.y + TextMetrics.capHeight * Typography.noteSize / 2),
                            size: Typography.noteSize, color: isDark ? .white : .ink, anchor: .middle)))
            }
        }
        return texts
    }
}

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

/// A bar with caps.
enum Interval {
    static func shape(from start: Point, to end: Point, ink: Ink) -> Shape {
        let cap = 4.0
        let isLevel = abs(end.x - start.x) >= abs(end.y - start.y)
        func across(_ point: Point) -> [Point] {
            isLevel
                ? [Point(point.x, point.y - cap), Point(point.x, point.y + cap)]
                : [Point(point.x - cap, point.y), Point(point.x + cap, point.y)]
        }
        return Shape([[start, end], across(start), across(end)], stroke: ink.solid.stroke)
    }
}
