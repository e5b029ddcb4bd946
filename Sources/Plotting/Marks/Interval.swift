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
