import Testing

@testable import Plotting

@Suite struct AxisExtentTests {
    private static func scale(_ marks: [Mark], _ axis: Axis = Axis(), vertical: Bool = true) -> ResolvedScale {
        AxisExtent(marks, vertical: vertical, axis: axis).scale(axis)
    }

    @Test func dataLieInsideWithSomeRoom() {
        let scale = Self.scale([.line(x: [0, 10], y: [-2, 2], .series(0))])
        #expect(scale.lower < -2 && scale.lower > -2.5 && scale.upper > 2 && scale.upper < 2.5)
    }

    @Test func declaredEndsHold() {
        let scale = Self.scale([.line(x: [0, 10], y: [0.5, 0.99], .series(0))], Axis(from: 0.9, to: 1))
        #expect(scale == ResolvedScale(.linear, from: 0.9, to: 1))
    }

    @Test func whatIsNeverNegativeGetsNoNegativeAxis() {
        #expect(Self.scale([.line(x: [0, 1], y: [0.001, 5], .series(0))]).lower == 0)
    }

    @Test func stepsNearARoundNumberReachIt() {
        let steps = (1...4999).map(Double.init)
        let scale = Self.scale([.line(x: steps, y: steps, .series(0))], vertical: false)
        #expect(scale == ResolvedScale(.linear, from: 0, to: 5000))
    }

    @Test func cellsReachTheFrame() {
        let map = HeatMap(
            xEdges: [0, 1, 2], yEdges: [3, 4], values: [[1, 2]], colors: ColorScale("", from: 0, to: 1))
        #expect(Self.scale([.heatMap(map)]) == ResolvedScale(.linear, from: 3, to: 4))
    }

    @Test func oneValueAndNoValueStillMakeAnAxis() {
        for marks in [[], [.line(x: [3], y: [3], .series(0))], [.line(x: [0], y: [0], .series(0))]] as [[Mark]] {
            for axis in [Axis(), Axis(scale: .logarithmic)] {
                let scale = Self.scale(marks, axis)
                #expect(scale.lower < scale.upper && scale.lower.isFinite && scale.upper.isFinite)
            }
        }
    }

    @Test func whatIsNotPositiveIsNotOnALogarithmicAxis() {
        let scale = Self.scale([.line(x: [0, 1, 2], y: [-1, 0.1, 10], .series(0))], Axis(scale: .logarithmic))
        #expect(scale.lower > 0.05 && scale.lower <= 0.1 && scale.upper >= 10)
    }
}
