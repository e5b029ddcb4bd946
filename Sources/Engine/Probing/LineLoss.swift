import Kernels

/// The mean of ½(kx + b − y)² over the points of a cloud, as a function of the slope k and the intercept b: a quadratic whose
/// Hessian is [[E x², E x], [E x, 1]].
///
/// A line is the vector (k, b).
public struct LineLoss: Sendable, Equatable {
    /// Slope and intercept.
    public typealias Line = SIMD2<Double>

    /// The Hessian, the same everywhere; of slope and intercept, in this order.
    public let hessian: SymmetricPair
    /// (E xy, E y): the gradient is the Hessian times the line, less this.
    public let moments: Line
    /// The line with the least loss: k = cov(x, y)/var(x), b = E y − k·E x.
    public let optimum: Line
    /// The least loss: half the variance of y that the line does not explain.
    public let least: Double

    /// The loss on a cloud whose points do not all have the same x.
    public init(_ cloud: PointCloud) {
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

    /// The gradient at a line.
    public func gradient(at line: Line) -> Line { hessian.times(line) - moments }

    /// What the loss is above the least one: ½(w − w*)ᵀH(w − w*). It has no difference of two losses, in which the digits of a
    /// small excess would be lost.
    public func excess(at line: Line) -> Double {
        let way = line - optimum
        return (way * hessian.times(way)).sum() / 2
    }

    /// The condition number of the Hessian: its larger eigenvalue divided by the smaller.
    public var condition: Double { hessian.largest / hessian.smallest }

    /// The rate at which gradient descent is fastest in the worst case: 2/(λ₁ + λ₂).
    public var bestRate: Double { 2 / (hessian.largest + hessian.smallest) }

    /// The factor by which a step of gradient descent shrinks the excess in the worst case, max (1 − ηλ)²; at the best rate
    /// ((κ − 1)/(κ + 1))².
    public func contraction(rate: Double) -> Double {
        let (one, other) = (1 - rate * hessian.largest, 1 - rate * hessian.smallest)
        return max(one * one, other * other)
    }

    /// A line from which gradient descent starts: slope and intercept normal deviates of mean 0.
    ///
    /// - Parameter seed: what the stream `line-fit/start` begins with.
    public static func start(deviation: Double, seed: UInt64) -> Line {
        let stream = RandomStream(seed: seed, "line-fit/start")
        return deviation * Line(Double(stream.normal(at: 0)), Double(stream.normal(at: 1)))
    }
}
