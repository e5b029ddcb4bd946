import Foundation
import Testing

@testable import Claims
@testable import Results

struct QuantityMeasureTests {
    /// What a measure makes of a table's rows.
    private func value(_ rows: [String], _ change: (inout QuantityMeasure) -> Void) throws -> Double? {
        let text = (["step,quantity,place,at,value"] + rows).joined(separator: "\n") + "\n"
        let table = try CSVTable(bytes: Array(text.utf8), name: "measures.csv")
        return try measure(change).value(of: MeasuredQuantities([table]))
    }

    private func measure(_ change: (inout QuantityMeasure) -> Void) -> QuantityMeasure {
        var measure = QuantityMeasure()
        measure.name = "shift"
        change(&measure)
        return measure
    }

    private static let rows = [
        "0,shift,conv1,,1.0", "0,shift,conv2,,10.0", "0,shift,,,100.0", "0,other,conv1,,7.0",
        "5,shift,conv1,,2.0", "5,shift,conv2,,30.0", "5,shift,,,nan",
        "9,shift,conv1,,6.0", "9,shift,conv2,,20.0", "9,shift,,,300.0",
    ]

    @Test func stepsComeFirstThenPlaces() throws {
        let rows = Self.rows
        #expect(try value(rows) { $0.place = "conv*" } == (3 + 20) / 2)
        #expect(try value(rows) { ($0.place, $0.places) = ("*v*", .maximum) } == 20)
        #expect(try value(rows) { ($0.place, $0.steps) = ("conv1", .last) } == 6)
        #expect(try value(rows) { ($0.place, $0.steps, $0.places) = ("conv*", .growth, .first) } == 6)
        #expect(try value(rows) { ($0.place, $0.steps) = ("conv2", .median) } == 20)
        #expect(try value(rows) { ($0.place, $0.from) = ("conv2", 5) } == 25)
    }

    @Test func ofTheWholeNetworkOnlyWhatHasNoPlaceAndIsFinite() throws {
        #expect(try value(Self.rows) { _ in } == 200)
        #expect(try value(Self.rows) { $0.name = "nothing" } == nil)
    }

    @Test func aPlaceOnTheAxisIsChosenDespiteRounding() throws {
        let rows = ["0,shift,,0.1,1.0", "0,shift,,0.30000000000000004,2.0"]
        #expect(try value(rows) { $0.at = 0.3 } == 2)
        #expect(try value(rows) { $0.at = 0.2 } == nil)
    }

    @Test func itsPhraseSaysWhatIsRead() {
        #expect(measure { $0.place = "conv*" }.description == "mean shift of conv*")
        let whole = measure { ($0.steps, $0.from, $0.at) = (.maximum, 10, 0.5) }
        #expect(whole.description == "maximum shift at 0.5 from step 10")
        #expect(
            measure { ($0.place, $0.steps, $0.places) = ("*", .growth, .median) }.description
                == "growth of shift of * (median over places)")
    }
}
