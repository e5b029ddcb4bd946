import Kernels
import Vocabulary

/// A symmetric matrix of two rows, [[a, b], [b, d]], with its eigenvalues and eigenvectors in closed form.
///
/// `Double`, with IEEE 754's exactly rounded operations only: the same bits on every machine.
struct SymmetricPair: Sendable, Equatable {
    typealias Vector = SIMD2<Double>

    let a: Double
    let b: Double
    let d: Double

    init(_ a: Double, _ b: Double, _ d: Double) {
        self.a = a
        self.b = b
        self.d = d
    }

    var determinant: Double { a * d - b * b }

    /// Half the distance of the two eigenvalues.
    private var reach: Double {
        let half = (a - d) / 2
        return (half * half + b * b).squareRoot()
    }

    /// The larger eigenvalue, (a + d)/2 + √((a − d)²/4 + b²).
    var largest: Double { (a + d) / 2 + reach }

    /// The smaller eigenvalue. Where the larger is positive it is the determinant divided by it, which loses no digits to the
    /// difference of two large numbers.
    var smallest: Double { largest > 0 ? determinant / largest : (a + d) / 2 - reach }

    /// The unit eigenvector of the larger eigenvalue, its first coordinate not negative; (1, 0) where both eigenvalues are
    /// equal.
    var firstDirection: Vector {
        let half = (a - d) / 2
        // Of two forms of the same direction the one without a difference of like numbers.
        var direction = half >= 0 ? Vector(half + reach, b) : Vector(b, reach - half)
        let length = (direction * direction).sum().squareRoot()
        if length == 0 { return Vector(1, 0) }
        direction /= length
        return direction.x < 0 ? -direction : direction
    }

    /// The unit eigenvector of the smaller eigenvalue: the first one, turned by a quarter to the left.
    var secondDirection: Vector {
        let first = firstDirection
        return Vector(-first.y, first.x)
    }

    func times(_ vector: Vector) -> Vector {
        Vector(a * vector.x + b * vector.y, b * vector.x + d * vector.y)
    }
}

/// Points of the plane to which a line is fitted.
struct PointCloud: Sendable, Equatable {
    typealias Point = SIMD2<Double>

    /// The points; at least one.
    let points: [Point]

    init(_ points: [Point]) {
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
    init(count: Int, center: Point, deviations: Point, correlation: Double, seed: UInt64) {
        let stream = RandomStream(seed: seed, "line-fit/cloud")
        let rest = (1 - correlation * correlation).squareRoot()
        self.init(
            (0..<count).map { index in
                let z = Double(stream.normal(at: UInt64(2 * index)))
                let other = Double(stream.normal(at: UInt64(2 * index + 1)))
                return center + deviations * Point(z, correlation * z + rest * other)
            })
    }

    var mean: Point { points.reduce(Point(0, 0), +) / Double(points.count) }

    /// The covariance of the two coordinates, with divisor n.
    var covariance: SymmetricPair {
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
    func mapped(by map: PlaneMap) -> PointCloud { PointCloud(points.map(map.image)) }
}

/// An affine map of the plane: p ↦ M(p − c), M an invertible matrix of two rows.
struct PlaneMap: Sendable, Equatable {
    typealias Point = SIMD2<Double>

    /// What is subtracted, c.
    let center: Point
    /// The rows of M.
    let first, second: Point

    static let identity = PlaneMap(center: Point(0, 0), first: Point(1, 0), second: Point(0, 1))

    func image(of point: Point) -> Point {
        let moved = point - center
        return Point((first * moved).sum(), (second * moved).sum())
    }
}

/// The transformation of both coordinates of a cloud before a line is fitted to it.
enum PointTransform: String, ConfigurationWord, Sendable {
    case raw
    /// The mean is subtracted.
    case centred
    /// The mean is subtracted and the cloud is turned: its longest axis along x, the other along y.
    case decorrelated
    /// The same, and both coordinates are divided by their standard deviations.
    case whitened

    /// The map, fitted to a cloud: to its mean and its covariance with divisor n.
    func map(fittedTo cloud: PointCloud) -> PlaneMap {
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

/// The mean of ½(kx + b − y)² over the points of a cloud, as a function of the slope k and the intercept b: a quadratic whose
/// Hessian is [[E x², E x], [E x, 1]].
///
/// A line is the vector (k, b).
struct LineLoss: Sendable, Equatable {
    typealias Line = SIMD2<Double>

    /// The Hessian, the same everywhere; of slope and intercept, in this order.
    let hessian: SymmetricPair
    /// (E xy, E y): the gradient is the Hessian times the line, less this.
    let moments: Line
    /// The line with the least loss: k = cov(x, y)/var(x), b = E y − k·E x.
    let optimum: Line
    /// The least loss: half the variance of y that the line does not explain.
    let least: Double

    /// The loss on a cloud whose points do not all have the same x.
    init(_ cloud: PointCloud) {
        let (mean, covariance, count) = (cloud.mean, cloud.covariance, Double(cloud.points.count))
        var (square, product) = (0.0, 0.0)
        for point in cloud.points {
            square += point.x * point.x
            product += point.x * point.y
        }
        hessian = SymmetricPair(square / count, mean.x, 1)
        moments = Line(product / count, mean.y)
        let slope = covariance.b / covariance.a
        optimum = Line(slope, mean.y - slope * mean.x)
        least = (covariance.d - slope * covariance.b) / 2
    }

    func gradient(at line: Line) -> Line { hessian.times(line) - moments }

    /// What the loss is above the least one: ½(w − w*)ᵀH(w − w*). It has no difference of two losses, in which the digits of a
    /// small excess would be lost.
    func excess(at line: Line) -> Double {
        let way = line - optimum
        return (way * hessian.times(way)).sum() / 2
    }

    /// The condition number of the Hessian: its larger eigenvalue divided by the smaller.
    var condition: Double { hessian.largest / hessian.smallest }

    /// The rate at which gradient descent is fastest in the worst case: 2/(λ₁ + λ₂).
    var bestRate: Double { 2 / (hessian.largest + hessian.smallest) }

    /// The factor by which a step of gradient descent shrinks the excess in the worst case, max (1 − ηλ)²; at the best rate
    /// ((κ − 1)/(κ + 1))².
    func contraction(rate: Double) -> Double {
        let (one, other) = (1 - rate * hessian.largest, 1 - rate * hessian.smallest)
        return max(one * one, other * other)
    }

    /// A line from which gradient descent starts: slope and intercept normal deviates of mean 0.
    ///
    /// - Parameter seed: what the stream `line-fit/start` begins with.
    static func start(deviation: Double, seed: UInt64) -> Line {
        let stream = RandomStream(seed: seed, "line-fit/start")
        return deviation * Line(Double(stream.normal(at: 0)), Double(stream.normal(at: 1)))
    }
}

/// Gradient descent on the loss of a line, from a start until its excess is a small part of what it was.
struct LineDescent: Sendable, Equatable {
    /// The line before the first step and after every one.
    let lines: [LineLoss.Line]
    /// What the loss of each is above the least one.
    let excesses: [Double]
    /// Whether the excess came down to the tolerance.
    let isConverged: Bool

    /// Descends by w ← w − η∇L(w).
    ///
    /// - Parameters:
    ///   - loss: the loss.
    ///   - start: the first line.
    ///   - rate: η.
    ///   - tolerance: the part of the first excess at which the descent has converged and ends.
    ///   - limit: the most steps that are made. A descent whose excess is no longer finite ends earlier.
    init(_ loss: LineLoss, from start: LineLoss.Line, rate: Double, tolerance: Double, limit: Int) {
        var (line, excess) = (start, loss.excess(at: start))
        var (lines, excesses) = ([line], [excess])
        let goal = tolerance * excess
        while excess > goal, excess.isFinite, lines.count <= limit {
            line -= rate * loss.gradient(at: line)
            excess = loss.excess(at: line)
            lines.append(line)
            excesses.append(excess)
        }
        self.lines = lines
        self.excesses = excesses
        isConverged = excess <= goal
    }

    var steps: Int { lines.count - 1 }

    /// The factor by which the last step changed the excess: towards the end what is left lies along the direction that shrinks
    /// most slowly. Nil where no step was made, or there was no excess before it.
    var lastContraction: Double? {
        guard steps > 0, excesses[steps - 1] > 0 else { return nil }
        return excesses[steps] / excesses[steps - 1]
    }

    /// The steps after which something is below the tolerance that shrinks by a factor a step; at most the limit.
    static func steps(contraction: Double, tolerance: Double, limit: Int) -> Int {
        var (steps, remaining) = (0, 1.0)
        while remaining > tolerance, steps < limit {
            remaining *= contraction
            steps += 1
        }
        return steps
    }

    /// The steps of a long path that show what it does: all up to 200, then a twentieth further each time, every 1, 3, 10, 30, …
    /// and the last.
    static func shown(upTo last: Int) -> [Int] {
        var shown = Array(0...min(last, 200))
        var round = [1, 3]
        while round[1] < last { round = [10 * round[0], 10 * round[1]] + round }
        var next = 210
        while next < last {
            shown.append(next)
            next += next / 20
        }
        return Set(shown + round.filter { $0 <= last } + [last]).sorted()
    }
}
