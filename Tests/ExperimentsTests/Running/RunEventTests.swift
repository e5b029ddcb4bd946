import Foundation
import Testing

@testable import Experiments
@testable import Running

struct RunEventTests {
    private static let progress = RunProgress(
        step: 3, steps: 10, batch: 60, loss: 0.25, batchAccuracy: 0.5, testAccuracy: 0.75)

    @Test(
        arguments: [
            .began(step: 12, reason: "no result yet: \"new\"\nline"), .advanced(progress), .ended("é"),
        ] as [RunEvent])
    func readsBackFromOneLine(event: RunEvent) throws {
        let line = JSONLine.text(event)
        #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { $0 != "\n" })
        #expect(try JSONLine.value(RunEvent.self, in: line.utf8) == event)
    }

    @Test func aLossThatIsNoNumberIsTold() throws {
        let progress = RunProgress(step: 1, steps: 2, batch: 3, loss: .nan, batchAccuracy: -.infinity)
        let event = try JSONLine.value(RunEvent.self, in: JSONLine.text(RunEvent.advanced(progress)).utf8)
        guard case .advanced(let read) = event else {
            Issue.record("another event: \(event)")
            return
        }
        #expect(read.loss.isNaN && read.batchAccuracy == -.infinity)
    }

    @Test(arguments: ["", "error: {}", "{", "{\"began\":{}}", "Fatal error: Index out of range"])
    func otherLinesAreNone(line: String) {
        #expect(throws: DecodingError.self) { try JSONLine.value(RunEvent.self, in: line.utf8) }
    }

    @Test func progressIsToldFiveTimesASecondAtMost() throws {
        var (text, time) = ("", 0.0)
        let reporter = EventProgress(write: { text += $0 }, now: { time })
        reporter.took(.began(step: 0, reason: "none"), of: "a")
        for step in 1...1000 {
            time += 0.01
            let progress = RunProgress(step: step, steps: 1000, batch: 1, loss: 1, batchAccuracy: 0)
            reporter.took(.advanced(progress), of: "a")
        }
        reporter.took(.ended("finished"), of: "a")
        let events = try text.split(separator: "\n").map { try JSONLine.value(RunEvent.self, in: $0.utf8) }
        #expect((47...51).contains(events.count - 2))
        #expect(events.first == .began(step: 0, reason: "none") && events.last == .ended("finished"))
    }
}
