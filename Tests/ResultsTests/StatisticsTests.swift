import Foundation
import Testing

@testable import Results

@Suite struct StatisticsTests {
    /// Tabulated in Abramowitz & Stegun, table 26.10, and NIST's handbook.
    @Test(arguments: [
        (1, 12.706205), (2, 4.302653), (4, 2.776445), (10, 2.228139), (30, 2.042272), (31, 2.039513), (40, 2.021075),
        (60, 2.000298), (120, 1.979930), (1000, 1.962339),
    ])
    func studentQuantiles(degrees: Int, value: Double) {
        #expect(abs(Student.quantile(0.975, degrees: degrees) - value) < 2e-6)
    }

    @Test func quantilesInterpolate() {
        let values = [4.0, 1, .nan, 3, 2]
        #expect(Quantile.of(values, 0) == 1)
        #expect(Quantile.of(values, 1) == 4)
        #expect(Quantile.of(values, 0.5) == 2.5)
        #expect(abs((Quantile.of(values, 0.15) ?? 0) - 1.45) < 1e-12)
        #expect(Quantile.of([.nan], 0.5) == nil)
    }

    @Test func trailingMeans() {
        #expect(MovingMean.trailing([1, 2, 3, 4, 5], window: 3) == [1, 1.5, 2, 3, 4])
        #expect(MovingMean.trailing([], window: 3).isEmpty)
        let broken = MovingMean.trailing([1, .nan, 3, 4, 5, 6], window: 2)
        #expect(broken[0] == 1)
        let isBroken = broken.map(\.isNaN)
        #expect(isBroken == [false, true, true, true, true, true])
    }

    @Test func monotoneCubicsPassThroughTheirPointsAndNeverFall() {
        let x = [-10.0, -3, -1, -0.2, 0, 0.4, 1, 5, 30]
        let y = [0.0, 0, 0.1, 0.3, 0.7, 0.7, 0.95, 1, 1]
        let curve = MonotoneCubic(x: x, y: y)
        for (value, expected) in zip(curve.values(at: x), y) { #expect(abs(value - expected) < 1e-12) }
        let fine = curve.values(at: (0...2000).map { -12 + Double($0) * 0.022 })
        #expect(zip(fine, fine.dropFirst()).allSatisfy { $1 >= $0 - 1e-12 })
        #expect(fine.first == 0)
        #expect(fine.last == 1)
        // A straight line stays one.
        #expect(MonotoneCubic(x: [0, 1, 3], y: [0, 2, 6]).values(at: [0.5, 2]) == [1, 4])
    }
}
