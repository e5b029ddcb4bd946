import Foundation
import Testing

@testable import Results

struct UnitShiftTests {
    private func shift(_ rows: String) throws -> UnitShift {
        try ObservationTables(activations: rows).units()
    }

    private static let rows = """
        0,a/x,0,0,1,-1,0,1
        0,a/x,1,2,4,0,0,0
        10,a/x,0,0.5,3,-2,0.5,1
        10,a/x,1,2,4,3,3,3
        20,a/x,0,-1.5,2,-1,0.5,4
        20,a/x,1,3,1,3,3,3
        """

    @Test func areMeansOverUnitsInUnitsOfTheirRunningDeviations() throws {
        let values = try #require(try shift(Self.rows).values["a/x"])
        #expect(values.keys.sorted() == [10, 20])
        // Unit 0 has the running deviations (1 + 3) / 2 and (1 + 3 + 2) / 3, unit 1 has 4 and (4 + 4 + 1) / 3.
        #expect(values[10] == .init(mean: 0.125, deviation: 0.5, quantile: 0.5))
        let second = try #require(values[20])
        #expect(abs(second.mean - 2.0 / 3) < 1e-15)
        #expect(abs(second.deviation - 0.75) < 1e-15)
        #expect(abs(second.quantile - 1.0 / 3) < 1e-15)
    }

    @Test func areFreeOfTheScale() throws {
        let scaled = Self.rows.split(separator: "\n").map { row in
            let fields = row.split(separator: ",")
            return (fields.prefix(3).map(String.init) + fields.dropFirst(3).map { "\((Double($0) ?? .nan) / 1024)" })
                .joined(separator: ",")
        }.joined(separator: "\n")
        #expect(try shift(scaled).values == shift(Self.rows).values)
    }

    @Test func aUnitThatNeverVariedIsLeftOut() throws {
        let shift = try shift(
            """
            0,a/x,0,0,0,0,0,0
            0,a/x,1,0,1,0,0,0
            0,b/x,0,5,0,5,5,5
            1,a/x,0,7,0,7,7,7
            1,a/x,1,0,1,0,0,3
            1,b/x,0,6,0,6,6,6
            2,a/x,0,7,3,7,7,10
            2,a/x,1,0,1,0,0,3
            2,b/x,0,6,0,6,6,6
            """)
        #expect(shift.values["a/x"]?[1] == .init(mean: 0, deviation: 0, quantile: 1))
        // Unit 0 begins to vary: its running deviation is 3 / 3.
        #expect(shift.values["a/x"]?[2] == .init(mean: 0, deviation: 1.5, quantile: 0.5))
        #expect(shift.values["b/x"]?.isEmpty == true)
        #expect(shift.firstNonFinite == nil)
    }

    @Test func oneObservationIsNoMovementAndTapsAreApart() throws {
        let shift = try shift("0,a/x,0,0,1,0,0,0\n0,b/x,0,0,1,0,0,0\n9,b/x,0,1,1,0,0,0\n")
        #expect(shift.values["a/x"]?.isEmpty == true)
        #expect(shift.values["b/x"]?.keys.sorted() == [9])
        #expect(try self.shift("").values.isEmpty)
    }

    @Test func saysWhereNumbersEnd() throws {
        let shift = try shift(
            "0,a/x,0,0,1,0,0,0\n1,a/x,0,1,1,0,0,0\n2,a/x,0,1,inf,0,0,0\n3,a/x,0,nan,nan,nan,nan,nan\n")
        #expect(shift.firstNonFinite == 2)
        #expect(shift.values["a/x"]?.keys.sorted() == [1])
    }
}
