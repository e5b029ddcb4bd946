import Testing

@testable import Engine

/// Clouds, their transforms, and the loss of a line, against what is known of them otherwise.
@Suite struct LineLossTests {
    static let cloud = PointCloud(count: 200, center: [4, 3], deviations: [2, 1.5], correlation: 0.9, seed: 7)

    /// The definition: the mean of half the squares.
    static func loss(_ line: SIMD2<Double>, on cloud: PointCloud) -> Double {
        cloud.points.reduce(0.0) { sum, point in
            let difference = line.x * point.x + line.y - point.y
            return sum + difference * difference / 2
        } / Double(cloud.points.count)
    }

    // MARK: The closed form of two rows

    @Test(arguments: [
        (2.0, 1.0, 2.0), (5, 0, 1), (1, 0, 5), (3, 0, 3), (1, -2, 7), (20, 4, 1), (1, 4, 20), (1e-6, 0, 1),
    ]) func eigenvectorsSolveTheirEquation(_ a: Double, _ b: Double, _ d: Double) {
        let matrix = SymmetricPair(a, b, d)
        #expect(matrix.largest >= matrix.smallest)
        #expect(abs(matrix.largest + matrix.smallest - (a + d)) < 1e-14 * (a + d))
        for (value, direction) in [
            (matrix.largest, matrix.firstDirection), (matrix.smallest, matrix.secondDirection),
        ] {
            let rest = matrix.times(direction) - value * direction
            #expect(max(abs(rest.x), abs(rest.y)) < 1e-14 * max(abs(a), abs(d)))
            #expect(abs((direction * direction).sum() - 1) < 1e-15)
        }
        #expect(matrix.firstDirection.x >= 0)
        #expect(abs((matrix.firstDirection * matrix.secondDirection).sum()) < 1e-15)
    }

    @Test func knownEigenvalues() {
        let matrix = SymmetricPair(2, 1, 2)
        #expect(matrix.largest == 3 && matrix.smallest == 1)
        #expect(SymmetricPair(3, 0, 3).firstDirection == SIMD2(1, 0))
        #expect(SymmetricPair(1, 0, 5).firstDirection == SIMD2(0, 1))
    }

    // MARK: The cloud

    @Test func theSameSeedIsTheSameCloud() {
        let again = PointCloud(count: 200, center: [4, 3], deviations: [2, 1.5], correlation: 0.9, seed: 7)
        #expect(again == Self.cloud)
        #expect(PointCloud(count: 200, center: [4, 3], deviations: [2, 1.5], correlation: 0.9, seed: 8) != Self.cloud)
    }

    @Test func aLargeCloudHasTheDistributionsMoments() {
        let cloud = PointCloud(count: 100_000, center: [4, -3], deviations: [2, 0.5], correlation: -0.8, seed: 1)
        let covariance = cloud.covariance
        #expect(abs(cloud.mean.x - 4) < 0.03 && abs(cloud.mean.y + 3) < 0.0075)
        #expect(abs(covariance.a - 4) < 0.08 && abs(covariance.d - 0.25) < 0.005)
        #expect(abs(covariance.b + 0.8) < 0.02)
    }

    /// The same normal deviates in other units are the same cloud.
    @Test func unitsScaleTheCloud() {
        let small = PointCloud(count: 200, center: [1, 0.75], deviations: [0.5, 0.375], correlation: 0.9, seed: 7)
        for (one, other) in zip(small.points, Self.cloud.points) {
            #expect(abs(4 * one.x - other.x) < 1e-14 && abs(4 * one.y - other.y) < 1e-14)
        }
    }

    // MARK: Transforms

    private func moments(_ transform: PointTransform) -> (mean: SIMD2<Double>, covariance: SymmetricPair) {
        let cloud = Self.cloud.mapped(by: transform.map(fittedTo: Self.cloud))
        return (cloud.mean, cloud.covariance)
    }

    @Test(arguments: [PointTransform.centred, .decorrelated, .whitened]) func theMeanIsGone(_ transform: PointTransform)
    {
        let mean = moments(transform).mean
        #expect(max(abs(mean.x), abs(mean.y)) < 1e-13)
    }

    @Test func covariancesAreAsTheWordsSay() {
        let raw = Self.cloud.covariance
        #expect(moments(.raw).covariance == raw && moments(.raw).mean == Self.cloud.mean)
        let centred = moments(.centred).covariance
        #expect(abs(centred.a - raw.a) < 1e-13 && abs(centred.b - raw.b) < 1e-13 && abs(centred.b) > 1)
        // A rotation keeps trace and determinant.
        let decorrelated = moments(.decorrelated).covariance
        #expect(abs(decorrelated.b) < 1e-13 && decorrelated.a > decorrelated.d)
        #expect(abs(decorrelated.a + decorrelated.d - raw.a - raw.d) < 1e-12)
        #expect(abs(decorrelated.determinant - raw.determinant) < 1e-12)
        let whitened = moments(.whitened).covariance
        #expect(abs(whitened.a - 1) < 1e-13 && abs(whitened.b) < 1e-13 && abs(whitened.d - 1) < 1e-13)
    }

    @Test(arguments: PointTransform.allCases) func everyTransformHasAnInverse(_ transform: PointTransform) {
        let map = transform.map(fittedTo: Self.cloud)
        for point in Self.cloud.points {
            let back = map.preimage(of: map.image(of: point))
            #expect(max(abs(back.x - point.x), abs(back.y - point.y)) < 1e-13)
        }
        // Turning keeps distances, whitening does not.
        let (one, other) = (Self.cloud.points[0], Self.cloud.points[1])
        func distance(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { ((a - b) * (a - b)).sum().squareRoot() }
        let ratio = distance(map.image(of: one), map.image(of: other)) / distance(one, other)
        #expect((abs(ratio - 1) < 1e-13) == (transform != .whitened))
    }

    // MARK: The loss

    /// Three points by hand: x = 0, 1, 2 and y = 1, 3, 4.
    @Test func leastSquaresByHand() {
        let loss = LineLoss(PointCloud([[0, 1], [1, 3], [2, 4]]))
        #expect(abs(loss.optimum.x - 1.5) < 1e-15 && abs(loss.optimum.y - 7.0 / 6) < 1e-15)
        #expect(abs(loss.hessian.a - 5.0 / 3) < 1e-15 && loss.hessian.b == 1 && loss.hessian.d == 1)
        // Residuals 1/6, −1/3 and 1/6.
        #expect(abs(loss.least - 1.0 / 36) < 1e-15)
    }

    @Test func theOptimumSolvesTheNormalEquations() {
        let loss = LineLoss(Self.cloud)
        let (h, c) = (loss.hessian, loss.moments)
        let slope = (c.x * h.d - h.b * c.y) / h.determinant
        let intercept = (h.a * c.y - h.b * c.x) / h.determinant
        #expect(abs(loss.optimum.x - slope) < 1e-12 && abs(loss.optimum.y - intercept) < 1e-12)
        #expect(abs(loss.least - Self.loss(loss.optimum, on: Self.cloud)) < 1e-13)
    }

    @Test func excessAndGradientAreThoseOfTheMeanSquare() {
        let loss = LineLoss(Self.cloud)
        for line in [SIMD2(0.0, 0), [0.1, -0.2], [2, 5]] {
            #expect(abs(Self.loss(line, on: Self.cloud) - loss.least - loss.excess(at: line)) < 1e-11)
            var gradient = SIMD2(0.0, 0)
            for point in Self.cloud.points {
                gradient += (line.x * point.x + line.y - point.y) * SIMD2(point.x, 1)
            }
            let difference = loss.gradient(at: line) - gradient / Double(Self.cloud.points.count)
            #expect(max(abs(difference.x), abs(difference.y)) < 1e-11)
        }
    }

    // MARK: Condition numbers

    @Test func conditionsOfKnownClouds() {
        // x of mean 0 and variance v: the eigenvalues are v and 1.
        #expect(LineLoss(PointCloud([[-3, 1], [3, 2]])).condition == 9)
        #expect(abs(LineLoss(PointCloud([[-0.5, 1], [0.5, 2]])).condition - 4) < 1e-14)
        // x of mean c and variance 1: the trace is c² + 2 and the determinant 1, so that κ is the square of λ₁.
        let shifted = LineLoss(PointCloud([[2, 0], [4, 1]]))
        let largest = (11 + 117.0.squareRoot()) / 2
        #expect(abs(shifted.condition - largest * largest) < 1e-11)
        #expect(abs(shifted.hessian.determinant - 1) < 1e-14)
    }

    /// Centring leaves the eigenvalues var x and 1, turning λ₁ of the covariance and 1, whitening 1 and 1: whether turning helps
    /// is a matter of units, whitening always does.
    @Test func whatTransformsDoToTheCondition() {
        func condition(_ transform: PointTransform, _ cloud: PointCloud) -> Double {
            LineLoss(cloud.mapped(by: transform.map(fittedTo: cloud))).condition
        }
        let small = PointCloud(Self.cloud.points.map { $0 / 4 })
        for cloud in [Self.cloud, small] {
            let covariance = cloud.covariance
            let variance = max(covariance.a, 1 / covariance.a)
            #expect(abs(condition(.centred, cloud) / variance - 1) < 1e-12)
            let largest = max(covariance.largest, 1 / covariance.largest)
            #expect(abs(condition(.decorrelated, cloud) / largest - 1) < 1e-12)
            #expect(abs(condition(.whitened, cloud) - 1) < 1e-12)
            #expect(condition(.raw, cloud) > condition(.centred, cloud))
        }
        #expect(condition(.decorrelated, Self.cloud) > condition(.centred, Self.cloud))
        #expect(condition(.decorrelated, small) < condition(.centred, small))
    }
}
