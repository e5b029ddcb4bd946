import Foundation
import Testing

@testable import Results

@Suite struct MeasuredQuantitiesTests {
    private func table(_ rows: String, _ name: String = "measures.csv") throws -> CSVTable {
        try CSVTable(bytes: Array(("step,quantity,place,at,value\n" + rows).utf8), name: name)
    }

    private static let measures = """
        0,weight-norm,b,,3
        0,weight-norm,a,,1
        0,loss-ratio,,0.1,0.9
        0,loss-ratio,,1,2
        10,weight-norm,b,,nan
        10,weight-norm,a,,2
        20,weight-norm,a,,7

        """

    @Test func rowsKeepTheOrderOfTheFiles() throws {
        let measured = try MeasuredQuantities([table(Self.measures), table("5,wasserstein,a/activation-input,,0.25\n")])
        #expect(measured.quantities == ["weight-norm", "loss-ratio", "wasserstein"])
        #expect(measured.places(of: "weight-norm") == ["b", "a"])
        #expect(measured.steps(of: "weight-norm") == [0, 10, 20])
        #expect(
            measured.rows(of: "wasserstein") == [.init(step: 5, place: "a/activation-input", at: nil, value: 0.25)])
        #expect(measured.rows(of: "loss-ratio", at: 1) == [.init(step: 0, place: "", at: 1, value: 2)])
        #expect(measured.rows(of: "loss-ratio", at: 0.5).isEmpty)
        #expect(measured.rows(of: "smoothness").isEmpty)
    }

    @Test func meansAreOfAllPlaces() throws {
        let measured = try MeasuredQuantities([table(Self.measures)])
        let means = measured.means(of: "weight-norm", places: ["a", "b"])
        // Step 20 lacks a place; at step 10 one of the values is none, and so is their mean.
        #expect(means.map(\.step) == [0, 10])
        #expect(means[0].value == 2)
        #expect(means[1].value.isNaN)
        #expect(measured.means(of: "weight-norm", places: ["a"]).map(\.value) == [1, 2, 7])
        #expect(abs(measured.means(of: "loss-ratio", places: [""])[0].value - 1.45) < 1e-15)
        #expect(measured.means(of: "loss-ratio", places: [""], at: 0.1)[0].value == 0.9)
    }

    @Test func aQuantityMayStandInBothFiles() throws {
        let shift = try table("5,weight-norm,c,,4\n", "shift.csv")
        let measured = try MeasuredQuantities([table(Self.measures), shift])
        #expect(measured.places(of: "weight-norm") == ["b", "a", "c"])
    }

    @Test func damageIsNamed() throws {
        let error = #expect(throws: CSVError.self) {
            try MeasuredQuantities([table("0,weight-norm,a,x,1\n")])
        }
        #expect(error?.description.contains("2: 'x' in the column 'at' is not a number") == true)
        #expect(throws: CSVError.self) { try MeasuredQuantities([table("0.5,weight-norm,a,,1\n")]) }
    }
}
