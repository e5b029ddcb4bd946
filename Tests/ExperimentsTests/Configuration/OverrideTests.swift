import Declarations
import Testing

@testable import Experiments
@testable import Running

@Suite struct OverrideTests {
    private func load(_ overrides: String...) throws -> (baseline: RunConfiguration, batchNorm: RunConfiguration) {
        let experiment = try ExperimentFixture.load(ExperimentFixture.body, set: overrides)
        let quick = try experiment.profile("quick")
        return (experiment.arms[0].configuration(in: quick), experiment.arms[1].configuration(in: quick))
    }

    private func value(_ key: String, of configuration: RunConfiguration) -> String? {
        configuration.settings.first { $0.key == key }?.value
    }

    @Test func aValueReplacesAnother() throws {
        let both = try load("optimizer.sgd.rate=0.2", "batch=30", "batch=40")
        #expect(value("optimizer.sgd.rate", of: both.baseline) == "0.2")
        #expect(value("optimizer.sgd.rate", of: both.batchNorm) == "0.2")
        #expect(both.baseline.batch == 40)
    }

    @Test func aDefaultIsReplaced() throws {
        let both = try load("optimizer.sgd.momentum=0.9", "observe.bins=10")
        #expect(value("optimizer.sgd.momentum", of: both.baseline) == "0.9")
        #expect(value("optimizer.sgd.rate", of: both.baseline) == "0.1")
        #expect(both.baseline.observe.bins == 10)
        #expect(both.baseline.observe.taps == ObservationDeclaration().taps)
    }

    @Test func theFeaturesOfTrainingAreKeysOfTheirOwn() throws {
        let both = try load(
            "rate-multiplier=5", "arms.baseline.decay-multiplier=0.2", "augmentation.photometric.strength=0.5",
            "rate-policy={ exponential: { remaining: 0.1 } }", "rate-policy.exponential.speed=6", "batch-order=fixed")
        #expect(both.baseline.rateMultiplier == 5)
        #expect(both.baseline.decayMultiplier == 0.2)
        #expect(both.batchNorm.decayMultiplier == 1)
        #expect(both.baseline.augmentation.photometric.strength == 0.5)
        #expect(both.baseline.augmentation.geometric.strength == 0)
        #expect(value("rate-policy.exponential.speed", of: both.baseline) == "6")
        #expect(both.baseline.batchOrder == .fixed)
    }

    @Test func onlyArmsThatHaveTheSettingChange() throws {
        let both = try load("normalization.batch-norm.epsilon=0.5")
        #expect(value("normalization", of: both.baseline) == "none")
        #expect(value("normalization.batch-norm.epsilon", of: both.batchNorm) == "0.5")
    }

    @Test func oneArmChanges() throws {
        let both = try load("arms.baseline.batch=99")
        #expect(both.baseline.batch == 99)
        #expect(both.batchNorm.batch == 10)
    }

    @Test func structuresAreRead() throws {
        let both = try load("observe.taps=[\"*/output\"]", "input={ binary: { threshold: 0.25 } }", "activation=none")
        #expect(both.baseline.observe.taps == ["*/output"])
        #expect(value("input.binary.threshold", of: both.baseline) == "0.25")
        #expect(both.baseline.activation == nil)
    }

    @Test func profilesChange() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body, set: ["profiles.quick.steps=77", "profiles.quick.seeds=[5]"])
        #expect(try experiment.profile("quick") == Profile(name: "quick", steps: 77, seeds: [5]))
        #expect(try experiment.profile("paper").steps == 3)
    }

    @Test func originsSayOverride() throws {
        let both = try load("batch=30")
        #expect(both.baseline.settings.first { $0.key == "batch" }?.origin.description == "--set")
    }

    @Test(arguments: [
        (
            "optimizer.sgd.momentm=0.9",
            """
            --set:2:15: error: unknown key 'momentm' in 'optimizer.sgd'; did you mean 'momentum'?
                optimizer.sgd.momentm=0.9
                              ^~~~~~~
            1 error
            """
        ),
        (
            "optimizer.rate=1",
            """
            --set:2:11: error: unknown key 'rate' in 'optimizer'; did you mean 'optimizer.sgd.rate'?
                optimizer.rate=1
                          ^~~~
            1 error
            """
        ),
        (
            "augmentation.photometrc.strength=0.5",
            """
            --set:2:14: error: unknown key 'photometrc' in 'augmentation'; did you mean 'augmentation.photometric.strength'?
                augmentation.photometrc.strength=0.5
                             ^~~~~~~~~~
            1 error
            """
        ),
        (
            "rate=0.1",
            """
            --set:2:1: error: unknown key 'rate'; did you mean 'optimizer.sgd.rate'?
                rate=0.1
                ^~~~
            1 error
            """
        ),
        (
            "optimizer.sgd.rate=fast",
            """
            --set:2:20: error: 'optimizer.sgd.rate': expected a number, found 'fast'
                optimizer.sgd.rate=fast
                                   ^~~~
            1 error
            """
        ),
        (
            "batch=010",
            """
            --set:2:7: error: 'batch': '010' has a leading zero, which YAML 1.1 reads as the octal 8; write 10
                batch=010
                      ^~~
            1 error
            """
        ),
        (
            "batch.size=3",
            """
            --set:2:7: error: 'batch' has no keys of its own
                batch.size=3
                      ^~~~
            1 error
            """
        ),
        (
            "local-response.lrn.size=3",
            """
            --set:2:16: error: 'local-response' is 'none' here, not 'lrn'
                local-response.lrn.size=3
                               ^~~
            1 error
            """
        ),
        (
            "arms.baselin.batch=3",
            """
            --set:2:6: error: unknown arm 'baselin'; did you mean 'baseline'?
                arms.baselin.batch=3
                     ^~~~~~~
            1 error
            """
        ),
        (
            "profiles.quik.steps=3",
            """
            --set:2:10: error: unknown key 'quik' in 'profiles'; did you mean 'quick'?
                profiles.quik.steps=3
                         ^~~~
            1 error
            """
        ),
        (
            "model=tinny",
            """
            --set:2:7: error: there is no model 'tinny'; did you mean 'tiny'?
                model=tinny
                      ^~~~~
            1 error
            """
        ),
    ])
    func mistakes(_ override: String, _ expected: String) throws {
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + ExperimentFixture.body])
        #expect(try fixture.messages(set: ["batch=5", override]) == expected)
    }

    @Test(arguments: ["batch", "batch=", "=3", "a..b=1", "a.=1", "", "batch= "])
    func malformedOverrides(_ text: String) {
        let expected = "--set: error: expected path=value, such as optimizer.sgd.rate=0.2, found '\(text)'\n1 error"
        #expect {
            try Override(text)
        } throws: {
            ($0 as? ConfigurationErrors)?.description == expected
        }
    }

    @Test func sweptKeysCannotBeSet() throws {
        let body = ExperimentFixture.body + "sweep: { batch: [1, 2] }\n"
        let fixture = try ExperimentFixture(["x": ExperimentFixture.head + body])
        #expect(try fixture.messages(set: ["batch=5"]).contains("'batch' is swept; change the sweep"))
    }
}
