import Engine
import Foundation
import Testing

@testable import Claims
@testable import Experiments
@testable import Running
@testable import Results

/// Results that were made before a derived table was thought of get it without being trained again.
struct DerivedTableTests {
    private func files(_ folder: RunFolder) throws -> [[UInt8]] {
        try RunFolder.DerivedTable.allCases.map { try AtomicFile.read(folder.file($0.rawValue)) }
    }

    private func remove(from folder: RunFolder) throws {
        for table in RunFolder.DerivedTable.allCases { try AtomicFile.remove(folder.file(table.rawValue)) }
    }

    @Test func missingOnesAreComputedAgainAndNothingIsTrained() throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan("baseline")
        _ = try tiny.executor(plan).run()
        let folder = tiny.runFolder("baseline")
        let (whole, manifest) = (try files(folder), try AtomicFile.read(folder.manifest))
        try remove(from: folder)
        let check = StalenessCheck(plan: plan, dataset: "lines", checksum: "seed-9")
        #expect(check.state(of: folder) == .upToDate)
        var steps = 0
        #expect(try tiny.executor(plan, progress: StepHook { _ in steps += 1 }).run().state == .upToDate)
        #expect(steps == 0)
        #expect(try files(folder) == whole)
        #expect(try AtomicFile.read(folder.manifest) == manifest)
    }

    @Test func readingResultsWritesThemOfCompleteRuns() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("baseline")).run()
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        let interruption = Interruption()
        let hook = StepHook { if $0.step == 20 { interruption.request() } }
        _ = try tiny.executor(tiny.plan("unobserved"), progress: hook, interruption: interruption).run()
        let whole = try files(tiny.runFolder("baseline"))
        for arm in ["baseline", "batch-norm"] { try remove(from: tiny.runFolder(arm)) }
        // Nothing can be computed where a source is gone; the rest is read all the same.
        try AtomicFile.remove(tiny.runFolder("batch-norm").histograms)
        let summary = try tiny.experiment.summary(profile: "smoke", resultsRoot: tiny.results)
        #expect(try files(tiny.runFolder("baseline")) == whole)
        #expect(tiny.runFolder("batch-norm").has(tiny.runFolder("batch-norm").drift))
        #expect(!tiny.runFolder("batch-norm").has(tiny.runFolder("batch-norm").shift))
        #expect(!tiny.runFolder("unobserved").has(tiny.runFolder("unobserved").shift))
        #expect(summary.claims.first { $0.claim.id == "steadier" }?.comparison.seeds == [1])
    }

    @Test func aRerunRemovesThem() throws {
        let tiny = try TinyExperiment()
        _ = try tiny.executor(tiny.plan("baseline")).run()
        try tiny.runFolder("baseline").removeResults()
        #expect(try FileManager.default.contentsOfDirectory(atPath: tiny.runFolder("baseline").url.path) == [])
    }

    @Test func aRunWritesWhatItsTablesSay() throws {
        let tiny = try TinyExperiment()
        for arm in ["batch-norm", "unobserved", "explosive"] { _ = try tiny.executor(tiny.plan(arm)).run() }
        func rows(_ arm: String) throws -> [CSVRow] {
            try CSVTable(whole: tiny.runFolder(arm).shift).rows(["step", "quantity", "place", "at", "value"])
        }
        let shift = try rows("batch-norm")
        let taps = ["conv/preactivation", "conv/normalized", "conv/scaled", "output/activation-input"]
        for place in taps {
            for quantity in DistributionShift.Measure.allCases {
                let mine = shift.filter { $0[2] == place && $0[1] == quantity.rawValue }
                let steps = quantity.rawValue.hasSuffix("-to-end") ? [0, 7, 14, 21, 28] : [7, 14, 21, 28, 30]
                #expect(try mine.map { try $0.integer(0) } == steps, "\(quantity) of \(place)")
                #expect(try mine.allSatisfy { try $0.number(4)?.isFinite == true && $0[3].isEmpty })
            }
        }
        func mean(_ place: String) throws -> Double {
            let values = try shift.filter { $0[2] == place && $0[1] == "mean-drift" }.map { try $0.number(4) ?? .nan }
            return values.reduce(0, +) / Double(values.count)
        }
        #expect(try mean("conv/normalized") < 1e-4, "normalized values have mean 0 by construction")
        #expect(try mean("conv/scaled") > 1e-3)
        #expect(try rows("unobserved").isEmpty)
        #expect(try rows("explosive").allSatisfy { try $0.number(4)?.isFinite == true })
    }
}

struct ObservedPercentilesTests {
    /// The tables are read without the engine, which takes the percentiles.
    @Test func areThoseThatTheTablesAreReadBy() { #expect(LayerObservations.shares == TapSummary.shares) }
}
