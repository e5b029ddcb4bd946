import Foundation
import Testing

@testable import Experiments
@testable import Running

struct SideBySideProgressTests {
    private final class Screen {
        var text = ""
        var time = 0.0
    }

    /// Four runs of 10 s, two at a time, that tell their steps ten times a second.
    private func work(_ screen: Screen, width: Int?) {
        let names = (1...4).map { "lenet/arm seed \($0)" }
        let progress = SideBySideProgress(
            expected: Dictionary(uniqueKeysWithValues: names.map { ($0, 10) }), jobs: 2,
            ProgressDisplay(
                write: { screen.text += $0 }, now: { screen.time }, width: width.map { width in { width } }))
        for pair in [names[0...1], names[2...3]] {
            for name in pair {
                progress.started(name)
                progress.took(.began(step: 0, reason: "no result yet"), of: name)
            }
            for step in 1...100 {
                screen.time += 0.1
                for name in pair {
                    progress.took(
                        .advanced(RunProgress(step: step, steps: 100, batch: 1, loss: 1, batchAccuracy: 0)), of: name)
                }
            }
            for name in pair {
                progress.took(.ended("finished"), of: name)
                progress.closed(name)
            }
        }
        progress.noted("a crash")
        progress.pause()
    }

    @Test func aLogGetsWholeLines() {
        let screen = Screen()
        work(screen, width: nil)
        let lines = screen.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(!screen.text.contains("\r"))
        #expect(lines.count == 10, "two for each run, the note, and the end")
        #expect(lines[0] == "lenet/arm seed 1: began (no result yet)")
        #expect(lines[2] == "lenet/arm seed 1 (no result yet): finished")
        #expect(lines[8] == "a crash" && lines[9].isEmpty)
    }

    @Test func aLogSumsUpEveryHalfMinute() {
        let screen = Screen()
        let progress = SideBySideProgress(
            expected: ["a": 100, "b": 100], jobs: 1,
            ProgressDisplay(write: { screen.text += $0 }, now: { screen.time }, width: nil))
        progress.started("a")
        progress.took(.began(step: 20, reason: "interrupted at step 20"), of: "a")
        for step in 21...100 {
            screen.time += 0.5
            progress.took(
                .advanced(RunProgress(step: step, steps: 100, batch: 1, loss: 1, batchAccuracy: 0)), of: "a")
        }
        // After 30 s, three quarters of the run's rest are done: 75 of 200, so the other 125 take 50 s.
        #expect(screen.text == "a: began (interrupted at step 20)\n0/2 runs  00:50 left  a 75%\n")
    }

    @Test func aTerminalGetsOneLineThatNeverWraps() {
        let screen = Screen()
        work(screen, width: 40)
        let drawn = screen.text.split(separator: "\r").filter { $0.hasSuffix("\u{1B}[K") && $0.count > 4 }
        #expect((100...220).contains(drawn.count))
        #expect(drawn.allSatisfy { $0.count <= 39 + 3 })
        #expect(drawn.contains { $0.hasPrefix("2/4 runs  00:") })
        #expect(screen.text.contains("\r\u{1B}[Klenet/arm seed 1 (no result yet): finished\n"), "cleared before a line")
    }

    @Test func whatHasNoExpectationCountsAsTheMeanOfTheOthers() {
        var outlook = Outlook(expected: ["a": 10, "b": 30, "c": nil], jobs: 2, start: 0)
        #expect(outlook.secondsLeft(at: 0) == 30)
        outlook.advanced("b", to: 0.5)
        // 15 of 60 in 5 s, so the other 45 in 15 s.
        #expect(outlook.secondsLeft(at: 5) == 15)
        for name in ["a", "b", "c"] { outlook.advanced(name, to: 1) }
        #expect(outlook.secondsLeft(at: 20) == 0)
        #expect(Outlook(expected: ["a": nil, "b": 0], jobs: 1, start: 0).secondsLeft(at: 0) < 2)
    }
}
