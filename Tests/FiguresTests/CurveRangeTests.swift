import Results
import Testing

@testable import Figures

@Suite struct CurveRangeTests {
    private func range(
        _ all: [Double], finished: [Double]? = nil, _ scale: ScaleChoice? = nil, isMagnitude: Bool = true
    ) -> CurveRange? {
        CurveRange(all: all, finished: finished ?? all, scale: scale, isMagnitude: isMagnitude)
    }

    @Test func longSpansOfMagnitudesAreLogarithmic() throws {
        #expect(range([0.001, 1])?.isLogarithmic == true)
        #expect(range([0.02, 1])?.isLogarithmic == false)
        #expect(range([0.001, 1], isMagnitude: false)?.isLogarithmic == false)
        #expect(range([0, 0.001, 1])?.isLogarithmic == false)
        #expect(range([0.001, 1], .linear)?.isLogarithmic == false)
        let asked = try #require(range([0, 0.5, 1], .log))
        #expect(asked.isLogarithmic)
        #expect(asked.lower > 0.4 && asked.lower < 0.5 && asked.upper > 1)
        #expect(range([-1, 1], .log)?.isLogarithmic == false)
        #expect(range([0, 0], .log)?.isLogarithmic == false)
    }

    @Test func whatAnAxisLeavesOutIsSaid() {
        #expect([range([0.5, 1]), nil, range([0, 1])].notes.isEmpty)
        #expect(
            [range([0.001, 1]), range([0, 0.5, 1], .log)].notes == ["Zeros have no place on a logarithmic axis."])
        let diverged = range([0.5, 1, 1e9], finished: [0.5, 1])
        #expect([diverged].notes == ["Values beyond the axis, of runs that diverge, are not shown."])
    }

    @Test func linearRangesShowZeroWhereItIsNear() throws {
        #expect(range([0.3, 1])?.lower == 0)
        let far = try #require(range([0.9, 1]))
        #expect(far.lower > 0.8 && far.lower < 0.9)
        let signed = try #require(range([-1, 1]))
        #expect(signed.lower < -1 && signed.upper > 1)
        for constant in [0.0, 3, -3] {
            let found = try #require(range([constant]))
            #expect(found.lower <= constant && found.upper > constant)
        }
    }

    @Test func runsThatDivergeDoNotDecide() throws {
        let clipped = try #require(range([1, 2, 1e20], finished: [1, 2]))
        #expect(clipped.upper < 3)
        #expect(clipped.isClipped)
        #expect(range([1, 2, .nan], finished: [1, 2])?.isClipped == false)
        #expect(range([.nan]) == nil)
        // All of them diverged: their last leap is left out.
        let lost = try #require(range((0..<100).map(Double.init) + [1e20], finished: []))
        #expect(lost.upper < 120)
    }

    @Test func panelsBesideEachOtherHaveOneScale() {
        func values(_ values: [Double]) -> CurveRange.Values { CurveRange.Values([(values, true)]) }
        let (magnitude, other) = (Quantity("q", "q", meaning: ""), Quantity("q", "q", .linear, meaning: ""))
        let short = CurveRange.row([values([0.01, 0.02]), values([1, 5])], scale: nil, of: magnitude)
        #expect(short.isShared)
        #expect(short.ranges[0]?.isLogarithmic == true)
        #expect(short.ranges[0] == short.ranges[1])
        let different = CurveRange.row([values([0, 1]), values([0, 50])], scale: nil, of: other)
        #expect(!different.isShared)
        #expect(different.ranges[0] != different.ranges[1])
        let like = CurveRange.row(
            [values([0, 1]), values([.nan]), values([0, 2])], scale: nil, of: other)
        #expect(like.isShared)
        #expect(like.ranges[1] == nil)
        #expect(like.ranges[0] == like.ranges[2])
        let cosines = CurveRange.row(
            [values([0.999, 1]), values([-1, 1])], scale: nil,
            of: Quantity("cos", "cos", .bounded, meaning: ""))
        #expect(cosines.isShared)
        #expect(cosines.ranges[0] == cosines.ranges[1])
    }

    @Test func otherValuesMustShowBesideCurves() {
        #expect(CurveRange.Values([([.nan], true)], and: [1]).all.isEmpty)
        #expect(CurveRange.Values([([2], true), ([9], false)], and: [1]).finished == [2, 1])
        #expect(CurveRange.Values([([9], false)], and: [1]).finished.isEmpty)
    }
}
