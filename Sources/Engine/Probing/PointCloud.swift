import Kernels

/// Points of the plane to which a line is fitted.
public struct PointCloud: Sendable, Equatable {
    /// A point.
    public typealias Point = SIMD2<Double>

    /// The points; at least one.
    public let points: [Point]

    /// The cloud of the given points.
    public init(_ points: [Point]) {
        precondition(!points.isEmpty, "a cloud without points")
        self.points = points
    }

    /// Points drawn from a normal distribution: x = c₁ + σ₁z, y = c₂ + σ₂(ρz + √(1 − ρ²)z′), z and z′ of mean 0 and
    /// variance 1.
    ///
    /// - Parameters:
    ///   - count: how many points, at least one.
    ///   - center: the distribution's mean, (c₁, c₂).
    ///   - deviations: its standard deviations, (σ₁, σ₂).
    ///   - correlation: ρ, from −1 to 1.
    ///   - seed: what the stream `line-fit/cloud` begins with; the same seed gives the same z and z′.
    public init(count: Int, center: Point, deviations: Point, correlation: Double, seed: UInt64) {
        let stream = RandomStream(seed: seed, "line-fit/cloud")
        let rest = (1 - correlation * correlation).squareRoot()
        self.init(
            (0..<count).map { index in
                let z = Double(stream.normal(at: UInt64(2 * index)))
                let other = Double(stream.normal(at: UInt64(2 * index + 1)))
                return center + deviations * Point(z, correlation * z + rest * other)
            })
    }

    /// The mean of the points.
    public var mean: Point { points.reduce(Point(0, 0), +) / Double(points.count) }

    /// The covariance of the two coordinates, with divisor n.
    public var covariance: SymmetricPair {
        let mean = mean
        var (square, product) = (Point(0, 0), 0.0)
        for point in points {
            let moved = point - mean
            square += moved * moved
            product += moved.x * moved.y
        }
        let count = Double(points.count)
        return SymmetricPair(square.x / count, product / count, square.y / count)
    }

    /// The cloud of the points' images.
    public func mapped(by map: PlaneMap) -> PointCloud { PointCloud(points.map(map.image)) }
}
