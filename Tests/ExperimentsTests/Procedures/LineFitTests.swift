import Foundation
import Testing

@testable import Running

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

    @Test(arguments: PointTransform.allCases) func onlyWhiteningChangesDistances(_ transform: PointTransform) {
        let map = transform.map(fittedTo: Self.cloud)
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

/// Gradient descent on the loss of a line, against its closed form.
@Suite struct LineDescentTests {
    private static let loss = LineLoss(LineLossTests.cloud)
    private static let start = LineLoss.start(deviation: 0.1, seed: 7)

    /// In the directions of the eigenvectors every step multiplies the way to the optimum by 1 − ηλ.
    @Test(arguments: [0.3, 1.0, 1.7]) func thePathIsTheClosedForm(share: Double) {
        let (loss, start) = (Self.loss, Self.start)
        let rate = share / loss.hessian.largest
        let descent = LineDescent(loss, from: start, rate: rate, tolerance: 1e-6, limit: 10_000)
        let (h, way) = (loss.hessian, start - loss.optimum)
        let (first, second) = (h.firstDirection, h.secondDirection)
        let parts = ((first * way).sum(), (second * way).sum())
        for (step, line) in descent.lines.enumerated() {
            let one = pow(1 - rate * h.largest, Double(step)) * parts.0
            let other = pow(1 - rate * h.smallest, Double(step)) * parts.1
            let expected = loss.optimum + one * first + other * second
            #expect(max(abs(line.x - expected.x), abs(line.y - expected.y)) < 1e-11, "step \(step)")
            let excess = (h.largest * one * one + h.smallest * other * other) / 2
            #expect(abs(descent.excesses[step] - excess) < 1e-11 * descent.excesses[0])
        }
        #expect(descent.isConverged && descent.steps > 100)
    }

    @Test func itEndsAtTheFirstStepWithinTheTolerance() {
        let descent = LineDescent(
            Self.loss, from: Self.start, rate: Self.loss.bestRate, tolerance: 1e-6, limit: 10_000)
        let goal = 1e-6 * descent.excesses[0]
        #expect(descent.excesses[descent.steps] <= goal)
        #expect(descent.excesses[..<descent.steps].allSatisfy { $0 > goal })
    }

    /// At the best rate both directions shrink alike, and the worst case is every case.
    @Test func atTheBestRateTheWorstCaseIsMet() throws {
        let rate = Self.loss.bestRate
        let predicted = Self.loss.contraction(rate: rate)
        let worst = (Self.loss.condition - 1) / (Self.loss.condition + 1)
        #expect(abs(predicted - worst * worst) < 1e-14)
        let descent = LineDescent(Self.loss, from: Self.start, rate: rate, tolerance: 1e-6, limit: 10_000)
        #expect(abs(try #require(descent.lastContraction) / predicted - 1) < 1e-6)
        let steps = LineDescent.steps(contraction: predicted, tolerance: 1e-6, limit: 10_000)
        #expect(abs(steps - descent.steps) <= 1)
        #expect(abs(Double(steps) - log(1e-6) / log(predicted)) <= 1)
        // Neither a lower nor a higher rate is better in the worst case.
        for factor in [0.9, 0.99, 1.005] { #expect(Self.loss.contraction(rate: factor * rate) > predicted) }
    }

    /// A diagonal Hessian of 4 and 1, with η = 1/8: the slope shrinks to half, the intercept to 7/8 a step.
    @Test func aDiagonalHessianShrinksByItsSlowerDirection() throws {
        let loss = LineLoss(PointCloud([[-2, -1], [2, 1]]))
        #expect(loss.hessian == SymmetricPair(4, 0, 1))
        #expect(loss.contraction(rate: 0.125) == 0.765_625)
        let both = LineDescent(loss, from: [1, 1], rate: 0.125, tolerance: 1e-8, limit: 1000)
        #expect(abs(try #require(both.lastContraction) - 0.765_625) < 1e-6)
        let steps = LineDescent.steps(contraction: 0.765_625, tolerance: 1e-8, limit: 1000)
        // The worst case is a bound: the steeper direction is gone sooner.
        #expect(both.steps <= steps)
        let intercept = LineDescent(loss, from: [0.5, 1], rate: 0.125, tolerance: 1e-8, limit: 1000)
        #expect(intercept.steps == steps)
        let slope = LineDescent(loss, from: [1, 0], rate: 0.125, tolerance: 1e-8, limit: 1000)
        #expect(slope.lines[1].x == 0.75 && slope.lastContraction == 0.25)
    }

    @Test func oneStepIsEnoughWhereBothEigenvaluesAreOne() throws {
        let cloud = LineLossTests.cloud.mapped(by: PointTransform.whitened.map(fittedTo: LineLossTests.cloud))
        let loss = LineLoss(cloud)
        let descent = LineDescent(loss, from: [0.3, -0.2], rate: loss.bestRate, tolerance: 1e-6, limit: 100)
        #expect(descent.steps == 1 && descent.isConverged)
        #expect(LineDescent.steps(contraction: loss.contraction(rate: loss.bestRate), tolerance: 1e-6, limit: 9) == 1)
    }

    @Test func aRateAboveTwoOverTheLargestEigenvalueDiverges() {
        let largest = Self.loss.hessian.largest
        let bad = LineDescent(Self.loss, from: Self.start, rate: 2.02 / largest, tolerance: 1e-6, limit: 300)
        #expect(!bad.isConverged && bad.steps == 300)
        #expect(bad.excesses[300] > 100 * bad.excesses[0])
        #expect(Self.loss.contraction(rate: 2.02 / largest) > 1)
        let good = LineDescent(Self.loss, from: Self.start, rate: 1.98 / largest, tolerance: 1e-6, limit: 10_000)
        #expect(good.isConverged)
        // It ends when there is no number any more.
        let worse = LineDescent(Self.loss, from: Self.start, rate: 20 / largest, tolerance: 1e-6, limit: 100_000)
        #expect(!worse.isConverged && worse.steps < 1000)
        #expect(LineDescent.steps(contraction: 1.1, tolerance: 1e-6, limit: 50) == 50)
    }

    @Test func withoutAnExcessNoStepIsMade() {
        let loss = LineLoss(PointCloud([[-2, -1], [2, 1]]))
        let descent = LineDescent(loss, from: loss.optimum, rate: 0.1, tolerance: 1e-6, limit: 10)
        #expect(descent.steps == 0 && descent.isConverged && descent.lastContraction == nil)
    }

    @Test func shownStepsHaveFirstLastAndRoundOnes() {
        #expect(LineDescent.shown(upTo: 0) == [0])
        #expect(LineDescent.shown(upTo: 150) == Array(0...150))
        let shown = LineDescent.shown(upTo: 54_321)
        #expect(Array(shown[...200]) == Array(0...200))
        #expect(shown.last == 54_321 && Set(shown).isSuperset(of: [300, 1000, 3000, 10_000, 30_000]))
        #expect(shown.count < 350 && Set(shown).count == shown.count && shown == shown.sorted())
    }
}
