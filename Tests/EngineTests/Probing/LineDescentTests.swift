import Foundation
import Testing

@testable import Engine

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
