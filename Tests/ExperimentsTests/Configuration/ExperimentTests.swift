import Testing

@testable import Experiments
@testable import Running

@Suite struct ExperimentTests {
    private func experiment() throws -> Experiment {
        try ExperimentFixture.load(ExperimentFixture.body + "  batch-norm-wide: { batch: 20 }\n")
    }

    @Test func runsAreArmsTimesSeeds() throws {
        let runs = try experiment().runs(profile: "quick")
        #expect(
            runs.map { "\($0.arm) \($0.seed)" } == [
                "baseline 1", "baseline 2", "batch-norm 1", "batch-norm 2", "batch-norm-wide 1", "batch-norm-wide 2",
            ])
        #expect(runs.allSatisfy { $0.steps == 2 && $0.profile == "quick" && $0.experiment == "x" })
        #expect(try experiment().datasets == ["mnist"])
    }

    @Test func seedsAndArmsAreChosen() throws {
        let runs = try experiment().runs(profile: "smoke", seeds: [9], arms: ["batch-norm*"])
        #expect(runs.map { "\($0.arm) \($0.seed)" } == ["batch-norm 9", "batch-norm-wide 9"])
    }

    @Test func unknownNamesAreSuggested() throws {
        let experiment = try experiment()
        #expect {
            try experiment.runs(profile: "quik")
        } throws: {
            "\($0)" == "--profile: error: unknown profile 'quik'; did you mean 'quick'?\n1 error"
        }
        #expect {
            try experiment.runs(profile: "quick", arms: ["basline", "zzz"])
        } throws: {
            "\($0)" == """
                --arms: error: unknown arm 'basline' of 'x'; did you mean 'baseline'?
                --arms: error: unknown arm 'zzz' of 'x'; the arms are 'baseline', 'batch-norm', 'batch-norm-wide'
                2 errors
                """
        }
    }

    @Test func hashesNameWhatIsComputed() throws {
        let plans = try experiment().runs(profile: "quick")
        let hash = plans[0].hash(dataset: "mnist", checksum: "c", numericsVersion: 1)
        #expect(hash.count == 64)
        #expect(
            hash
                == (try experiment().runs(profile: "quick")[0].hash(dataset: "mnist", checksum: "c", numericsVersion: 1))
        )
        let others = [
            plans[1].hash(dataset: "mnist", checksum: "c", numericsVersion: 1),
            plans[2].hash(dataset: "mnist", checksum: "c", numericsVersion: 1),
            plans[0].hash(dataset: "glyphs", checksum: "c", numericsVersion: 1),
            plans[0].hash(dataset: "mnist", checksum: "d", numericsVersion: 1),
            plans[0].hash(dataset: "mnist", checksum: "c", numericsVersion: 2),
            try experiment().runs(profile: "paper")[0].hash(dataset: "mnist", checksum: "c", numericsVersion: 1),
        ]
        #expect(Set(others + [hash]).count == 7)
    }
}
