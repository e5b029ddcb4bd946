import Foundation
import TestSupport
import Testing

@testable import Results

struct DriftTests {
    private func drift(_ rows: String) throws -> Drift {
        let folder = try TemporaryFolder()
        try AtomicFile.write(
            "step,tap,channel,mean,deviation,p15,p50,p85\n" + rows, to: folder.file("activations.csv"))
        return try Drift(activations: folder.file("activations.csv"))
    }

    @Test func isTheMeanMovementOfThePercentiles() throws {
        let drift = try drift(
            """
            0,a/x,0,0,1,-1,0,1
            0,a/x,1,0,1,0,0,0
            10,a/x,0,0,1,-2,0.5,1
            10,a/x,1,0,1,3,3,3
            20,a/x,0,0,1,-1,0.5,4
            20,a/x,1,0,1,3,3,3

            """)
        // Channel 0 moves by (1 + 0.5 + 0) / 3 and then (1 + 0 + 3) / 3; channel 1 by 3 and 0.
        #expect(abs(drift.units[0].drift - (0.5 + 4.0 / 3) / 2) < 1e-15)
        #expect(drift.units[1].drift == 1.5)
        #expect(drift.units.map(\.isTypical) == [true, false])
    }

    @Test func theTypicalUnitIsTheOneOfMedianDriftAndOfEqualsTheFirst() throws {
        func units(_ moves: [Double]) throws -> Int? {
            let first = moves.indices.map { "0,t,\($0),0,1,0,0,0\n" }.joined()
            let second = moves.enumerated().map { "1,t,\($0),0,1,\($1),\($1),\($1)\n" }.joined()
            return try drift(first + second).units.first(where: \.isTypical)?.channel
        }
        #expect(try units([5, 1, 3]) == 2)
        #expect(try units([5, 1, 3, 2]) == 3)
        #expect(try units([2, 2, 2]) == 1)
        #expect(try units([1, 2, 2, 2, 9]) == 2)
        #expect(try units([7]) == 0)
        #expect(try units([.nan, .nan, 1]) == 0)
    }

    @Test func oneObservationHasNoDriftButATypicalUnit() throws {
        let drift = try drift("0,t,0,0,1,0,0,0\n0,t,1,0,1,0,0,0\n0,u,0,0,1,0,0,0\n")
        #expect(drift.units.map(\.tap) == ["t", "t", "u"])
        #expect(drift.units.allSatisfy { $0.drift.isNaN })
        #expect(drift.units.map(\.isTypical) == [true, false, true])
        #expect(String(decoding: CSVField.bytes(rows: drift.rows), as: UTF8.self).contains("t,0,nan,true\n"))
    }
}
