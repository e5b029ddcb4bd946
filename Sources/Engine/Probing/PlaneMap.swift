import Vocabulary

/// An affine map of the plane: p ↦ M(p − c), M an invertible matrix of two rows.
public struct PlaneMap: Sendable, Equatable {
    /// A point of the plane.
    public typealias Point = SIMD2<Double>

    /// What is subtracted, c.
    public let center: Point
    /// The rows of M.
    public let rows: (first: Point, second: Point)

    /// The map with the given center and rows of the matrix.
    public init(center: Point, first: Point, second: Point) {
        self.center = center
        rows = (first, second)
    }

    /// The map that changes nothing.
    public static let identity = PlaneMap(center: Point(0, 0), first: Point(1, 0), second: Point(0, 1))

    /// The image of a point.
    public func image(of point: Point) -> Point {
        let moved = point - center
        return Point((rows.first * moved).sum(), (rows.second * moved).sum())
    }

    /// The point with an image: c + M⁻¹q.
    public func preimage(of image: Point) -> Point {
        let (first, second) = rows
        let determinant = first.x * second.y - first.y * second.x
        return center
            + Point(second.y * image.x - first.y * image.y, first.x * image.y - second.x * image.x) / determinant
    }

    /// Whether center and matrix are equal.
    public static func == (one: PlaneMap, other: PlaneMap) -> Bool {
        one.center == other.center && one.rows == other.rows
    }
}

/// What is done to both coordinates of a cloud before a line is fitted to it.
public enum PointTransform: String, ConfigurationWord, Sendable {
    /// Nothing.
    case raw
    /// The mean is subtracted.
    case centred
    /// The mean is subtracted and the cloud is turned: its longest axis along x, the other along y.
    case decorrelated
    /// The same, and both coordinates are divided by their standard deviations.
    case whitened

    /// The map, fitted to a cloud: to its mean and its covariance with divisor n.
    public func map(fittedTo cloud: PointCloud) -> PlaneMap {
        let covariance = cloud.covariance
        let (first, second) = (covariance.firstDirection, covariance.secondDirection)
        switch self {
        case .raw: return .identity
        case .centred: return PlaneMap(center: cloud.mean, first: PlaneMap.Point(1, 0), second: PlaneMap.Point(0, 1))
        case .decorrelated: return PlaneMap(center: cloud.mean, first: first, second: second)
        case .whitened:
            return PlaneMap(
                center: cloud.mean, first: first / covariance.largest.squareRoot(),
                second: second / covariance.smallest.squareRoot())
        }
    }
}
