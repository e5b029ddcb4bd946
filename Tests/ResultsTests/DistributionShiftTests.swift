import Foundation
import Testing

@testable import Results

struct DistributionShiftTests {
    /// Observations of single units whose values are evenly spread.
    private func tables(_ observations: [(step: Int, tap: String, low: Double, high: Double)]) throws
        -> ObservationTables
    {
        let rows = observations.map { ObservationTables.spread($0.step, $0.tap, from: $0.low, to: $0.high) }
        let units = observations.map { step, tap, low, high in
            let numbers = [
                (low + high) / 2, (high - low) / 12.0.squareRoot(), low + 0.15 * (high - low), (low + high) / 2,
                low + 0.85 * (high - low),
            ]
            return "\(step),\(tap),0,\(numbers.map { "\($0)" }.joined(separator: ","))\n"
        }
        return try ObservationTables(
            activations: units.joined(), layers: rows.map(\.layer).joined(), histograms: rows.map(\.histogram).joined())
    }

    private func value(_ shift: DistributionShift, _ step: Int, _ quantity: DistributionShift.Measure, _ place: String)
        -> Double?
    {
        shift.values.first { $0.step == step && $0.quantity == quantity && $0.place == place }?.value
    }

    @Test func everyTapHasItsOwnNumbersFreeOfItsScale() throws {
        let shift = try tables([
            (0, "a/scaled", 0, 1), (0, "b/c/scaled", 0, 2), (0, "a/normalized", 0, 1), (3, "a/scaled", 0.5, 1.5),
            (3, "b/c/scaled", 1, 3), (3, "a/normalized", 0, 1),
        ]).shift()
        let unit = 12.0.squareRoot()
        for quantity in [DistributionShift.Measure.meanDrift, .quantileDrift, .wasserstein] {
            for place in ["a/scaled", "b/c/scaled"] {
                let found = try #require(value(shift, 3, quantity, place), "\(quantity) \(place)")
                #expect(abs(found - 0.5 * unit) < 1e-6)
            }
            #expect(value(shift, 3, quantity, "a/normalized") == 0)
        }
        #expect(value(shift, 3, .deviationDrift, "a/scaled") == 0)
        #expect(abs((value(shift, 3, .kolmogorovSmirnov, "a/scaled") ?? 0) - 0.5) < 1e-6)
        #expect(abs((value(shift, 0, .kolmogorovSmirnovToEnd, "b/c/scaled") ?? 0) - 0.5) < 1e-6)
        #expect(
            shift.values.filter { $0.step == 3 && $0.quantity == .meanDrift }.map(\.place) == [
                "a/scaled", "b/c/scaled", "a/normalized",
            ])
        #expect(shift.values.map(\.step) == shift.values.map(\.step).sorted())
        #expect(!shift.values.contains { $0.step == 3 && $0.quantity == .wassersteinToEnd })
    }

    @Test func rowsHaveTheHeaderOfMeasurements() throws {
        let shift = try tables([(0, "a/scaled", 0, 1), (4, "a/scaled", 0, 1)]).shift()
        let text = String(decoding: CSVField.bytes(rows: shift.rows), as: UTF8.self)
        #expect(text.hasPrefix("step,quantity,place,at,value\n0,wasserstein-to-end,a/scaled,,0\n"))
        #expect(text.contains("\n4,mean-drift,a/scaled,,0\n"))
    }

    @Test func fewerThanTwoObservationsGiveAHeaderOnly() throws {
        #expect(try tables([]).shift().rows.count == 1)
        #expect(try tables([(0, "a/scaled", 0, 1), (0, "b/scaled", 0, 1)]).shift().rows.count == 1)
    }

    @Test func observationsEndBeforeTheFirstThatIsNotFinite() throws {
        let good = [(0, "a/x", 0.0, 1.0), (0, "b/x", 0, 1), (1, "a/x", 1, 2), (1, "b/x", 0, 1), (2, "a/x", 0, 1)]
        let ended = try tables(Array(good.prefix(4))).shift()
        #expect(!ended.values.isEmpty)
        for bad in [Double.nan, .infinity] {
            let tables = try tables(good)
            try tables.append("2,b/x" + String(repeating: ",\(bad)", count: 11) + "\n", to: .layers)
            try tables.append("2,b/x,0" + String(repeating: ",\(bad)", count: 5) + "\n", to: .activations)
            try tables.append((0..<5).map { "2,b/x,\($0),0,1,0\n" }.joined(), to: .histograms)
            #expect(try tables.shift() == ended)
        }
    }
}
