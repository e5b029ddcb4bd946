import Foundation
import Testing

@testable import Harness

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
        let summary = try ExperimentSummary(tiny.experiment, profile: "smoke", resultsRoot: tiny.results)
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
}
