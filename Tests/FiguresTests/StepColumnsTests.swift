import Testing

@testable import Figures

@Suite struct StepColumnsTests {
    @Test func edgesLieHalfWay() {
        let columns = StepColumns([0, 10, 30], scale: .linear, of: 40)
        #expect(columns.members == [[0], [1], [2]])
        #expect(columns.edges == [0, 5, 20, 40])
        #expect(StepColumns([0, 10, 30], scale: .linear, of: 35).edges.last == 35)
    }

    @Test func logarithmicAxesLeaveOutStepZero() {
        let columns = StepColumns([0, 1, 4, 16], scale: .log, of: 100)
        #expect(columns.steps == [1, 4, 16])
        #expect(columns.members == [[1], [2], [3]])
        #expect(columns.edges == [1, 2, 8, 32])
    }

    @Test func manyObservationsShareColumns() {
        let columns = StepColumns(Array(0..<200), scale: .linear, of: 200)
        #expect(columns.members.count == 67)
        #expect(columns.members.joined().elementsEqual(0..<200))
        #expect(columns.edges.count == 68)
    }

    @Test func fewObservationsAreColumnsToo() {
        #expect(StepColumns([], scale: .linear, of: 100).edges.isEmpty)
        #expect(StepColumns([50], scale: .linear, of: 100).edges == [50, 55])
    }
}
