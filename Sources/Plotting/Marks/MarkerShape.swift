extension Marker {
    /// The marker about a point. All have about the same area as a circle of diameter `size`.
    func shape(at center: Point, size: Double, ink: Ink) -> Shape {
        func polygon(_ corners: [(Double, Double)]) -> Shape {
            let points = corners.map { Point(center.x + $0.0 * size / 2, center.y + $0.1 * size / 2) }
            // A rim of paper keeps markers apart from each other and from their lines.
            return Shape(
                [points + points.prefix(1)], fill: (ink.color, ink.opacity),
                stroke: Stroke(.white, width: 0.9, opacity: ink.opacity))
        }
        func lines(_ ends: [((Double, Double), (Double, Double))]) -> Shape {
            Shape(
                ends.map { ends in
                    [ends.0, ends.1].map { Point(center.x + $0.0 * size / 2, center.y + $0.1 * size / 2) }
                }, stroke: Stroke(ink.color, width: max(1.4, size * 0.24), opacity: ink.opacity))
        }
        switch self {
        case .circle: return polygon(Self.circlePoints)
        case .diamond: return polygon([(0, -1.25), (1.1, 0), (0, 1.25), (-1.1, 0)])
        case .square: return polygon([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
        case .triangle: return polygon([(0, -1.2), (1.15, 0.85), (-1.15, 0.85)])
        case .triangleDown: return polygon([(0, 1.2), (1.15, -0.85), (-1.15, -0.85)])
        case .pentagon: return polygon([(0, -1.12), (1.07, -0.35), (0.66, 0.91), (-0.66, 0.91), (-1.07, -0.35)])
        case .cross: return lines([((-0.8, -0.8), (0.8, 0.8)), ((-0.8, 0.8), (0.8, -0.8))])
        case .plus: return lines([((-1, 0), (1, 0)), ((0, -1), (0, 1))])
        }
    }

    /// A circle of radius 1 as a polygon of 32 corners, by turning a corner again and again.
    private static let circlePoints: [(Double, Double)] = {
        let (cosine, sine) = (0.980785280403230449, 0.195090322016128268)  // of 2π/32
        return (1..<32).reduce(into: [(0, -1)]) { points, _ in
            let (x, y) = points[points.count - 1]
            points.append((x * cosine - y * sine, x * sine + y * cosine))
        }
    }()
}
