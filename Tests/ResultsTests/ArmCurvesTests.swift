import Foundation
import Testing

@testable import Results

@Suite struct ArmCurvesTests {
    private func curve(_ seed: Int, _ status: RunStatus, _ steps: [Int], _ values: [Double]) -> RunCurve {
        let run = RunRecord(
            arm: "a", seed: seed, status: status, steps: steps.last ?? 0,
            divergedAt: status == .diverged ? steps.last : nil, folder: URL(filePath: "/"))
        return RunCurve(run: run, curve: Curve(steps: steps, values: values))
    }

    private let arm = ArmRecord(name: "a", label: "A", order: 0, color: 0)

    @Test func meansAreOverTheRunsThatFinished() {
        let curves = ArmCurves(
            arm: arm,
            runs: [
                curve(1, .finished, [0, 10, 20], [0.1, 0.5, 0.9]), curve(2, .finished, [0, 10, 20], [0.3, 0.7, 0.8]),
                curve(3, .diverged, [0, 10], [0.2, .nan]),
            ])
        #expect(curves.summary.map(\.step) == [0, 10, 20])
        #expect(curves.summary.map(\.statistics.count) == [2, 2, 2])
        #expect(zip(curves.summary.map(\.statistics.mean), [0.2, 0.6, 0.85]).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(curves.diverged.map(\.run.seed) == [3])
    }

    @Test func meansOfDivergedRunsEndWithTheFirst() {
        let curves = ArmCurves(
            arm: arm,
            runs: [
                curve(1, .diverged, [0, 10, 20], [0.1, 0.5, 0.9]), curve(2, .diverged, [0, 10, 20], [0.3, 0.7, .nan]),
            ])
        #expect(curves.summary.map(\.step) == [0, 10])
        #expect(curves.runs[1].lastFinite?.step == 10)
    }

    @Test func stepsThatARunLacksHaveNoMean() {
        let curves = ArmCurves(
            arm: arm,
            runs: [curve(1, .finished, [0, 10, 20], [1, 2, 3]), curve(2, .finished, [0, 20], [3, 5])])
        #expect(curves.summary.map(\.step) == [0, 20])
        #expect(curves.summary.map(\.statistics.mean) == [2, 4])
    }
}
