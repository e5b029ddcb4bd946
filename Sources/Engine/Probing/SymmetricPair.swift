/// A symmetric matrix of two rows, [[a, b], [b, d]], with its eigenvalues and eigenvectors in closed form.
///
/// `Double`, with IEEE 754's exactly rounded operations only: the same bits on every machine.
public struct SymmetricPair: Sendable, Equatable {
    /// A vector of the plane.
    public typealias Vector = SIMD2<Double>

    /// The first entry of the diagonal.
    public let a: Double
    /// The entry beside the diagonal.
    public let b: Double
    /// The second entry of the diagonal.
    public let d: Double

    /// The matrix [[a, b], [b, d]].
    public init(_ a: Double, _ b: Double, _ d: Double) {
        self.a = a
        self.b = b
        self.d = d
    }

    /// The determinant.
    public var determinant: Double { a * d - b * b }

    /// Half the distance of the two eigenvalues.
    private var reach: Double {
        let half = (a - d) / 2
        return (half * half + b * b).squareRoot()
    }

    /// The larger eigenvalue, (a + d)/2 + √((a − d)²/4 + b²).
    public var largest: Double { (a + d) / 2 + reach }

    /// The smaller eigenvalue. Where the larger is positive it is the determinant divided by it, which loses no digits to the
    /// difference of two large numbers.
    public var smallest: Double { largest > 0 ? determinant / largest : (a + d) / 2 - reach }

    /// The unit eigenvector of the larger eigenvalue, its first coordinate not negative; (1, 0) where both eigenvalues are
    /// equal.
    public var firstDirection: Vector {
        let half = (a - d) / 2
        // Of two forms of the same direction the one without a difference of like numbers.
        var direction = half >= 0 ? Vector(half + reach, b) : Vector(b, reach - half)
        let length = (direction * direction).sum().squareRoot()
        if length == 0 { return Vector(1, 0) }
        direction /= length
        return direction.x < 0 ? -direction : direction
    }

    /// The unit eigenvector of the smaller eigenvalue: the first one, turned by a quarter to the left.
    public var secondDirection: Vector {
        let first = firstDirection
        return Vector(-first.y, first.x)
    }

    /// The product with a vector.
    public func times(_ vector: Vector) -> Vector {
        Vector(a * vector.x + b * vector.y, b * vector.x + d * vector.y)
    }
}
