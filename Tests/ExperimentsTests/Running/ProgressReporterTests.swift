import Foundation
import Testing

@testable import Experiments
@testable import Running

struct ProgressReporterTests {
    private final class Screen {
        var text = ""
        var time = 0.0
    }

    private func run(_ reporter: any ProgressReporter, _ screen: Screen, steps: Int, secondsPerStep: Double) {
        let name = "mnist-mlp/baseline seed 1"
        reporter.took(.began(step: 0, reason: "no result yet"), of: name)
        for step in 1...steps {
            screen.time += secondsPerStep
            let progress = RunProgress(
                step: step, steps: steps, batch: 60, loss: 0.0834, batchAccuracy: 0.95,
                testAccuracy: step > steps / 2 ? 0.974 : nil)
            reporter.took(.advanced(progress), of: name)
        }
        reporter.took(.ended("finished"), of: name)
    }

    @Test func aLogGetsWholeLinesAtMostEveryThirtySeconds() {
        let screen = Screen()
        let reporter = SingleRunProgress(
            ProgressDisplay(write: { screen.text += $0 }, now: { screen.time }, width: nil))
        run(reporter, screen, steps: 1000, secondsPerStep: 0.1)
        let lines = screen.text.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(
            lines[0] == "mnist-mlp/baseline seed 1 (no result yet)  "
                + "step  300/1000  loss 0.083  batch 95.0%  600 img/s  01:11 left")
        #expect(lines[1].contains("test 97.4%"))
        #expect(lines.last == "mnist-mlp/baseline seed 1 (no result yet): finished")
        #expect(!screen.text.contains("\r"))
        #expect(screen.text.hasSuffix("\n"))
    }

    @Test func aTerminalGetsOneLineRewrittenInPlaceThatNeverWraps() {
        let screen = Screen()
        let reporter = SingleRunProgress(
            ProgressDisplay(write: { screen.text += $0 }, now: { screen.time }, width: { 60 }))
        run(reporter, screen, steps: 1000, secondsPerStep: 0.01)
        let drawn = screen.text.split(separator: "\r").dropFirst().map {
            $0.replacingOccurrences(of: "\u{1B}[K", with: "")
        }
        // Ten times a second for ten seconds, and the line that clears it.
        #expect((90...105).contains(drawn.count))
        #expect(drawn.dropLast().allSatisfy { $0.count <= 59 && !$0.contains("\n") })
        #expect(screen.text.hasSuffix("\r\u{1B}[Kmnist-mlp/baseline seed 1: finished\n"))
    }
}
