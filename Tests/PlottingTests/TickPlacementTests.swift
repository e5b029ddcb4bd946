import Foundation
import Testing

@testable import Plotting

@Suite struct TickPlacementTests {
    @Test(arguments: 0..<300) func linearTicksAreRoundInsideAndFew(_ index: Int) {
        let magnitude = pow(10, -6 + 12 * Gallery.noise(index, 1))
        let lower = (Gallery.noise(index, 2) - 0.5) * magnitude
        let scale = ResolvedScale(.linear, from: lower, to: lower + magnitude * (0.05 + Gallery.noise(index, 3)))
        let count = 2 + index % 9
        let major = TickPlacement.place(on: scale, count: count).major
        #expect(major.count <= count + 1)
        #expect(major.allSatisfy(scale.contains))
        #expect(major == major.sorted())
        guard major.count > 1 else { return }
        let step = (major[major.count - 1] - major[0]) / Double(major.count - 1)
        for (first, second) in zip(major, major.dropFirst()) { #expect(abs(second - first - step) < step * 1e-6) }
        let digit = step / pow(10, log10(step * 1.000001).rounded(.down))
        #expect([1, 2, 5].contains { abs(digit - $0) < 1e-6 })
        // No room for one more at either end.
        #expect(!scale.contains(major[0] - step) && !scale.contains(major[major.count - 1] + step))
    }

    @Test func knownAxes() {
        func major(_ lower: Double, _ upper: Double, _ count: Int, _ kind: ResolvedScale.Kind = .linear) -> [Double] {
            TickPlacement.place(on: ResolvedScale(kind, from: lower, to: upper), count: count).major
        }
        #expect(major(0, 50_000, 5) == [0, 10_000, 20_000, 30_000, 40_000, 50_000])
        #expect(major(0.9, 1, 5) == [0.9, 0.92, 0.94, 0.96, 0.98, 1])
        #expect(major(0, 0.3, 3) == [0, 0.1, 0.2, 0.3])
        #expect(major(-1, 1, 4) == [-1, -0.5, 0, 0.5, 1])
        #expect(major(1, 1000, 4, .logarithmic) == [1, 10, 100, 1000])
        #expect(major(0.01, 1, 8, .logarithmic).map { ($0 * 1000).rounded() } == [10, 20, 50, 100, 200, 500, 1000])
    }

    @Test(arguments: 0..<200) func logarithmicTicksAreInsideAndFew(_ index: Int) {
        let lower = pow(10, -8 + 10 * Gallery.noise(index, 4))
        let scale = ResolvedScale(.logarithmic, from: lower, to: lower * pow(10, 0.1 + 9 * Gallery.noise(index, 5)))
        let count = 2 + index % 8
        let placement = TickPlacement.place(on: scale, count: count)
        #expect(placement.major.count <= count + 1)
        #expect((placement.major + placement.minor).allSatisfy(scale.contains))
        #expect(Set(placement.major).isDisjoint(with: placement.minor))
    }

    @Test func minorTicksDivideTheMajorOnes() {
        let placement = TickPlacement.place(on: ResolvedScale(.linear, from: 0, to: 10), count: 5)
        #expect(placement.major == [0, 2, 4, 6, 8, 10])
        #expect(placement.minor.count == 15)
    }
}
