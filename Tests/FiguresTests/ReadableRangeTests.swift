import Foundation
import Testing

@testable import Figures
@testable import Results

@Suite struct ReadableRangeTests {
    private func curve(_ seed: Int, _ status: RunStatus, _ steps: [Int], _ values: [Double]) -> RunCurve {
        let run = RunRecord(
            arm: "a", seed: seed, status: status, steps: steps.last ?? 0,
            divergedAt: status == .diverged ? steps.last : nil, folder: URL(filePath: "/"))
        return RunCurve(run: run, curve: Curve(steps: steps, values: values))
    }

    private let arm = ArmRecord(name: "a", label: "A", order: 0, color: 0)

    @Test func topOfAccuraciesIsTheSecondHalfOfTraining() throws {
        let steps = Array(stride(from: 0, through: 90, by: 10))
        let rising = curve(1, .finished, steps, [0.1, 0.5, 0.8, 0.9, 0.95, 0.96, 0.97, 0.975, 0.98, 0.98])
        let stuck = curve(1, .finished, steps, steps.map { _ in 0.1 })
        let arms = [rising, stuck].map { ArmCurves(arm: arm, runs: [$0]) }
        let top = try #require(ReadableRange(topOf: arms))
        #expect(top.lower > 0.94 && top.lower <= 0.96)
        #expect(top.upper > 0.98 && top.upper < 0.99)
        let whole = ReadableRange(all: arms)
        #expect(whole.lower <= 0.1 && whole.lower >= 0)
        #expect(whole.upper > 0.98 && whole.upper <= 1)
    }

    @Test func slowCurvesNeedNoTop() {
        let steps = Array(0..<10)
        let slow = curve(1, .finished, steps, steps.map { 0.1 + 0.08 * Double($0) })
        #expect(ReadableRange(topOf: [ArmCurves(arm: arm, runs: [slow])]) == nil)
    }

    @Test func roundNumbers() {
        for (value, round) in [(1.0, 1.0), (1.99, 1), (2, 2), (4.9, 2), (5, 5), (50, 50), (0.013, 0.01), (72, 50)] {
            #expect(abs(RoundNumber.atMost(value) - round) < 1e-12 * round)
        }
    }
}
