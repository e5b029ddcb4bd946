import Foundation
import Testing

@testable import Results

struct LayerShiftTests {
    private func shift(_ observations: [(step: Int, tap: String, low: Double, high: Double)]) throws -> LayerShift {
        let rows = observations.map { ObservationTables.spread($0.step, $0.tap, from: $0.low, to: $0.high) }
        let tables = try ObservationTables(
            layers: rows.map(\.layer).joined(), histograms: rows.map(\.histogram).joined())
        return try tables.layers()
    }

    @Test func distancesAreInUnitsOfTheRunningDeviation() throws {
        let shift = try shift([
            (0, "a/x", 0, 1), (0, "b/x", -1, 3), (5, "a/x", 0.25, 1.25), (5, "b/x", -1, 3), (8, "a/x", 1, 3),
            (8, "b/x", -1, 3),
        ])
        #expect(shift.taps == ["a/x", "b/x"])
        let values = try #require(shift.values["a/x"])
        #expect(values.keys.sorted() == [0, 5, 8])
        let unit = 1 / 12.0.squareRoot()
        func near(_ value: Double?, _ expected: Double) -> Bool { abs((value ?? .nan) - expected) < 1e-6 }
        // Evenly spread values of equal width lie apart by their shift, and the supremum is the share that is not common.
        #expect(values[0]?.wasserstein == nil && values[0]?.kolmogorovSmirnov == nil)
        #expect(near(values[5]?.wasserstein, 0.25 / unit))
        #expect(near(values[5]?.kolmogorovSmirnov, 0.25))
        // From 0.25…1.25 to 1…3: the quantiles move by 0.75 + u, 1.25 on average; running deviation 4/3 of the first.
        #expect(near(values[8]?.wasserstein, 1.25 / (unit * 4 / 3)))
        #expect(near(values[8]?.kolmogorovSmirnov, 0.875))
        // To the end everything is in units of the deviation over all three observations.
        #expect(near(values[0]?.wassersteinToEnd, 1.5 / (unit * 4 / 3)))
        #expect(near(values[0]?.kolmogorovSmirnovToEnd, 1))
        #expect(near(values[5]?.wassersteinToEnd, 1.25 / (unit * 4 / 3)))
        #expect(values[8]?.wassersteinToEnd == nil && values[8]?.kolmogorovSmirnovToEnd == nil)
        #expect(shift.values["b/x"]?[5]?.wasserstein == 0)
        #expect(shift.values["b/x"]?[8]?.kolmogorovSmirnov == 0)
    }

    @Test func theOuterBinsEndAtTheExtremes() throws {
        // Values of 2…1002 and of −5…−1: outside all edges.
        let values = try #require(
            shift([(0, "a/x", 2, 1002), (1, "a/x", 102, 1102), (2, "a/x", -5, -1)]).values["a/x"])
        let unit = 1000 / 12.0.squareRoot()
        #expect(abs((values[1]?.wasserstein ?? .nan) - 100 / unit) < 1e-6)
        #expect(abs((values[2]?.wasserstein ?? .nan) - 605 / (unit * (2 + 0.004) / 3)) < 1e-6)
        #expect(values[2]?.kolmogorovSmirnov == 1)
    }

    @Test func aConstantTensorHasNoUnitButASupremum() throws {
        let values = try #require(shift([(0, "a/x", 1, 1), (1, "a/x", 1.5, 1.5)]).values["a/x"])
        #expect(values[1] == .init(kolmogorovSmirnov: 1))
        #expect(values[0] == .init(kolmogorovSmirnovToEnd: 1))
    }

    @Test func aMissingHistogramIsDamage() throws {
        let rows = ObservationTables.spread(0, "a/x", from: 0, to: 1)
        let tables = try ObservationTables(layers: rows.layer)
        let error = #expect(throws: CSVError.self) {
            try tables.layers()
        }
        #expect(
            error?.description.hasSuffix(
                "histograms.csv: has no histogram of the tap 'a/x' at step 0, which layers.csv has") == true)
    }
}
