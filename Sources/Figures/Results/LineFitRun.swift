import Foundation
import Results

/// What was measured of a line that a run fitted: its cloud, the path of gradient descent, and the loss, which is a quadratic.
struct LineFitRun: Sendable {
    /// A point of the plane, or a line as (slope, intercept).
    typealias Point = SIMD2<Double>

    /// The line after some steps.
    struct State: Sendable, Equatable {
        let step: Int
        let slope: Double
        let intercept: Double
    }

    let arm: ArmRecord
    let run: RunRecord
    let points: [Point]
    /// By step; the first is the start.
    let path: [State]
    let optimum: Point
    /// E x² and E x: the loss above the least one is ½(E x²·Δk² + 2·E x·Δk·Δb + Δb²).
    let second, first: Double
    /// The loss above the least one at the start.
    let excess: Double
    let condition: Double
    let isConverged: Bool

    /// What a run measured; nil where something is missing or no number.
    init?(arm: ArmRecord, run: RunRecord, measured: MeasuredQuantities) {
        func numbers(_ quantity: String) -> [(at: Double, value: Double)] {
            measured.rows(of: "line-\(quantity)").map { ($0.at ?? 0, $0.value) }.sorted { $0.at < $1.at }
        }
        func number(_ quantity: String) -> Double { numbers(quantity).first?.value ?? .nan }
        self.arm = arm
        self.run = run
        points = zip(numbers("point-x"), numbers("point-y")).map { Point($0.value, $1.value) }
        path = zip(numbers("slope"), numbers("intercept")).compactMap { slope, intercept in
            Int(exactly: slope.at).map { State(step: $0, slope: slope.value, intercept: intercept.value) }
        }
        optimum = Point(number("optimum-slope"), number("optimum-intercept"))
        (second, first) = (number("hessian-slope"), number("hessian-cross"))
        (excess, condition) = (number("excess"), number("condition"))
        isConverged = number("converged") == 1
        let all = points.flatMap { [$0.x, $0.y] } + path.flatMap { [$0.slope, $0.intercept] }
        guard !points.isEmpty, !path.isEmpty,
            (all + [optimum.x, optimum.y, second, first, excess, condition]).allSatisfy(\.isFinite),
            second > first * first
        else { return nil }
    }

    /// The lines on which the loss is so much above the least one: an ellipse about the optimum, closed.
    ///
    /// With H = CᵀC, C upper triangular, it is w* + √(2e)·C⁻¹u for unit vectors u.
    func contour(_ level: Double) -> [Point] {
        let radius = (2 * level).squareRoot()
        let corner = second.squareRoot()
        let rest = (1 - first * first / second).squareRoot()
        let corners = 96
        return (0...corners).map { index in
            let angle = 2 * Double.pi * Double(index % corners) / Double(corners)
            let intercept = radius * sin(angle) / rest
            let slope = (radius * cos(angle) - first / corner * intercept) / corner
            return optimum + Point(slope, intercept)
        }
    }

    /// 0, 1, 3, 10, 30, … up to the last.
    static func shownSteps(upTo last: Int) -> [Int] {
        var (steps, next) = ([0], 1)
        while next <= last {
            steps.append(next)
            if 3 * next <= last { steps.append(3 * next) }
            next *= 10
        }
        return steps
    }
}
