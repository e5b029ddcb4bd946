import Testing

@testable import Figures
@testable import Results

@Suite struct ArmSelectionTests {
    private func colors(_ colors: [Int]) -> [Int] {
        let arms = colors.enumerated().map { ArmRecord(name: "a\($0)", label: "A", order: $0, color: $1) }
        return ExperimentResults.toldApart(arms).map(\.color)
    }

    @Test("Arms keep colours that differ")
    func keep() {
        #expect(colors([3, 0, 12, 7]) == [3, 0, 12, 7])
    }

    @Test("Of arms with one colour the first keeps it; the others take what no arm has")
    func collide() {
        // 8 and 16 have the colour of 0, which a palette of eight repeats; 1 and 2 are taken by later arms.
        #expect(colors([0, 8, 1, 16, 2]) == [0, 3, 1, 4, 2])
        #expect(colors([8, 16, 24]) == [8, 1, 2])
    }

    @Test("More arms than colours stay as they are: dash and marker tell them apart")
    func many() {
        #expect(colors(Array(0...8)) == Array(0...8))
        #expect(colors(Array(0..<8) + [8]) == Array(0..<8) + [8])
    }
}
