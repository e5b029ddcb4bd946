import Results
import StrokeFont
import Testing

@testable import Experiments
@testable import Running

/// What the procedures and `shift.csv` say of their quantities.
@Suite struct QuantityTests {
    static let all =
        ProcedureCatalogue.all.flatMap { $0.quantities } + DistributionShift.Measure.allCases.map(\.words)

    @Test func everyNameStandsForOneQuantity() {
        #expect(Set(Self.all.map(\.name)).count == Self.all.count)
        for shift in DistributionShift.Measure.allCases { #expect(shift.words.name == shift.rawValue) }
    }

    @Test func everyLetterOfAFigureCanBeDrawn() {
        for quantity in Self.all {
            #expect(!quantity.title.isEmpty && !quantity.meaning.isEmpty && quantity.axis != "", "\(quantity.name)")
            for character in quantity.title + (quantity.axis ?? "") {
                #expect(StrokeFont.contains(character), "\(character)")
            }
        }
    }

    @Test func aProcedureIsDueWhereItsIntervalSays() {
        func due(_ procedure: any Procedure) -> [Int] {
            (0...10).filter { procedure.isDue(step: $0, isLast: $0 == 10) }
        }
        #expect(due(WeightNormsProcedure(every: 4)) == [0, 4, 8, 10])
        #expect(due(LineFitProcedure()) == [0])
        #expect(LineFitProcedure().isDue(step: 0, isLast: true))
    }
}
