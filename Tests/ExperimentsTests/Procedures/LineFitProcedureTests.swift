import Declarations
import Engine
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// The rows of a fitted line: what is computed is tested by itself, here stands that it arrives under its names.
struct LineFitProcedureTests {
    private func rows(_ procedure: LineFitProcedure, _ quantity: String, seed: UInt64 = 3) -> [Measurement] {
        procedure.measurements(seed: seed).filter { $0.quantity == quantity }
    }

    private func number(_ procedure: LineFitProcedure, _ quantity: String, seed: UInt64 = 3) throws -> Double {
        let found = rows(procedure, quantity, seed: seed)
        #expect(found.count == 1 && found.first?.at == nil, "\(quantity)")
        return try #require(found.first).value
    }

    @Test func everyQuantityIsThereAndNoOther() {
        let names = Set(LineFitProcedure().measurements(seed: 1).map(\.quantity))
        #expect(names == Set(LineFitProcedure.quantities.map(\.name)))
        #expect(names.allSatisfy { $0.hasPrefix("line-") })
        #expect(ProcedureCatalogue.all.contains { $0 == LineFitProcedure.self })
    }

    @Test(arguments: PointTransform.allCases)
    func conditionsAndStepsFollowFromTheRows(transform: PointTransform) throws {
        for rate in LineFitProcedure.Rate.allCases {
            let procedure = LineFitProcedure(transform: transform, rate: rate)
            let (x, y) = (rows(procedure, "line-point-x").map(\.value), rows(procedure, "line-point-y").map(\.value))
            #expect(x.count == 200 && y.count == 200)
            let (second, first) = (
                try number(procedure, "line-hessian-slope"), try number(procedure, "line-hessian-cross")
            )
            #expect(abs(second - x.reduce(0) { $0 + $1 * $1 } / 200) < 1e-12)
            #expect(abs(first - x.reduce(0, +) / 200) < 1e-12)
            let (large, small) = (
                try number(procedure, "line-eigenvalue-largest"), try number(procedure, "line-eigenvalue-smallest")
            )
            #expect(abs(large * small - (second - first * first)) < 1e-11)
            #expect(try number(procedure, "line-condition") == large / small)
            let slopes = rows(procedure, "line-slope")
            let excess = rows(procedure, "line-excess")
            #expect(slopes.map(\.at) == excess.map(\.at) && slopes.first?.at == 0)
            #expect(try slopes.last?.at == number(procedure, "line-steps"))
            #expect(try number(procedure, "line-converged") == 1)
            let least = try number(procedure, "line-loss-optimum")
            #expect(try abs(number(procedure, "line-start-excess") * least / excess[0].value - 1) < 1e-14)
            let relative = rows(procedure, "line-relative-excess")
            #expect(relative.first?.value == 1 && (relative.last?.value ?? 1) <= 1e-6)
            // The worst case is a bound on every step, but for the rounding of what it meets.
            for (measured, predicted) in zip(relative, rows(procedure, "line-relative-excess-predicted")) {
                #expect(measured.value <= predicted.value * (1 + 1e-6) + 1e-15)
            }
            #expect(try number(procedure, "line-steps") <= number(procedure, "line-steps-predicted") + 1)
        }
    }

    /// What is left at the end lies along the slowest direction, from any start.
    @Test(arguments: 1...12) func contractionsEndAtThePrediction(seed: UInt64) throws {
        for transform in PointTransform.allCases {
            for rate in LineFitProcedure.Rate.allCases where transform != .whitened || rate == .common {
                let procedure = LineFitProcedure(transform: transform, rate: rate)
                let ratio = try number(procedure, "line-contraction-ratio", seed: seed)
                #expect(abs(ratio - 1) < 1e-3, "\(transform) \(rate)")
            }
        }
    }

    @Test func theCommonRateIsThatOfTheRawCloud() throws {
        let raw = try number(LineFitProcedure(rate: .common), "line-rate")
        #expect(try abs(raw * number(LineFitProcedure(), "line-eigenvalue-largest") - 1) < 1e-14)
        for transform in PointTransform.allCases {
            #expect(try number(LineFitProcedure(transform: transform, rate: .common), "line-rate") == raw)
        }
        #expect(try number(LineFitProcedure(transform: .centred), "line-rate") != raw)
    }

    @Test func allTransformsBeginAtTheSameLineOfASeed() throws {
        let starts = PointTransform.allCases.map { rows(LineFitProcedure(transform: $0), "line-slope")[0].value }
        #expect(Set(starts).count == 1)
        #expect(rows(LineFitProcedure(), "line-slope", seed: 4)[0].value != starts[0])
        #expect(LineFitProcedure().measurements(seed: 5) == LineFitProcedure().measurements(seed: 5))
    }

    @Test func aDescentThatDoesNotConvergeSaysSo() throws {
        let procedure = LineFitProcedure(stepsLimit: 20)
        #expect(try number(procedure, "line-converged") == 0)
        #expect(try number(procedure, "line-steps") == 20)
        #expect(try number(procedure, "line-steps-predicted") == 20)
    }

    @Test func nothingIsDividedByRounding() throws {
        let procedure = LineFitProcedure(transform: .whitened)
        #expect(try number(procedure, "line-steps") == 1)
        #expect(rows(procedure, "line-contraction-ratio").isEmpty)
        #expect(rows(procedure, "line-relative-excess").map(\.value) == [1, 0])
    }

    @Test func itMeasuresOnceAndChangesNoByteOfTheRun() throws {
        func tiny(_ keys: String) throws -> TinyExperiment {
            try TinyExperiment(TinyExperiment.yaml.replacing("batch: 12", with: "batch: 12\n  \(keys)"))
        }
        func files(_ keys: String) throws -> [String: [UInt8]] {
            let tiny = try tiny(keys)
            _ = try tiny.executor(tiny.plan("baseline")).run()
            return tiny.runFolder("baseline").determinedFiles
        }
        let keys = "procedures: [{ line-fit: { transform: centred, rate: common, points: 20 } }]"
        var (plain, measured) = (try files("loss: cross-entropy"), try files(keys))
        #expect(plain["measures.csv"] != measured["measures.csv"])
        for name in ["config.yaml", "measures.csv"] { (plain[name], measured[name]) = (nil, nil) }
        #expect(plain == measured)
        let tiny = try tiny(keys)
        _ = try tiny.executor(tiny.plan("baseline")).run()
        let rows = try CSVTable(whole: tiny.runFolder("baseline").measures).rows(["step", "quantity"])
        #expect(rows.allSatisfy { $0[0] == "0" } && rows.count { $0[1] == "line-point-x" } == 20)
        #expect(throws: ConfigurationErrors.self) { _ = try files("procedures: [{ line-fit: { transform: turned } }]") }
    }
}
