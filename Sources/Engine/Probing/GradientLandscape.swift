import Kernels

/// The loss and its gradient along the gradient's own direction (Santurkar et al. 2018, §3.1, Figure 4; Bjorck et al. 2018):
/// at θ(s) = θ − s·∇L(θ) for step lengths s, all on one batch and with its statistics.
///
/// It is a walk along one line in the space of the parameters, and not a comparison of runs with different rates. Nothing
/// of the model that is measured changes.
public final class GradientLandscape {
    /// What was found at one step length.
    public struct Point: Equatable, Sendable {
        /// s: how many gradients were subtracted.
        public let length: Double
        /// L(θ(s)).
        public let loss: Double
        /// ‖∇L(θ(s)) − ∇L(θ)‖₂: small where the gradient predicts the one further on. NaN where only losses were asked for.
        public let gradientChange: Double
    }

    /// What was found along one line.
    public struct Line: Equatable, Sendable {
        /// L(θ).
        public let loss: Double
        /// ‖∇L(θ)‖₂.
        public let gradientNorm: Double
        /// The points, in the order of the step lengths.
        public let points: [Point]

        /// The effective β-smoothness: max over the points of ‖∇L(θ(s)) − ∇L(θ)‖ / ‖θ(s) − θ‖; infinite where a gradient
        /// was no number.
        public var smoothness: Double {
            points.reduce(0) { largest, point in
                let ratio = point.gradientChange / (point.length * gradientNorm)
                return ratio.isFinite ? max(largest, ratio) : .infinity
            }
        }
    }

    private let surface: LossSurface
    private let start: (storage: Storage, vector: Vector)
    private let direction: (storage: Storage, vector: Vector)

    /// A measurement of a network's loss.
    ///
    /// - Parameter surface: shared with other measurements, which take their own parameters and batch.
    public init(_ surface: LossSurface) {
        self.surface = surface
        start = surface.vector()
        direction = surface.vector()
    }

    /// Walks along the gradient at a model's parameters. The surface must have taken a batch.
    ///
    /// - Parameters:
    ///   - lengths: the step lengths.
    ///   - gradients: whether gradients are computed at the points, which takes three times as long.
    public func measure(_ model: Model, lengths: [Double], gradients: Bool = true) -> Line {
        surface.take(model)
        let loss = surface.descend()
        start.vector.copy(from: surface.parameters)
        direction.vector.copy(from: surface.gradient)
        let points = lengths.map { length in
            VectorArithmetic.add(
                direction.vector, times: Float(-length), to: start.vector, into: surface.parameters)
            let loss = gradients ? surface.descend() : surface.loss()
            let change =
                gradients
                ? VectorArithmetic.squaredDistance(surface.gradient, direction.vector).squareRoot() : .nan
            return Point(length: length, loss: loss, gradientChange: change)
        }
        return Line(loss: loss, gradientNorm: VectorArithmetic.norm(direction.vector), points: points)
    }
}
