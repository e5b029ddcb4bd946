import Testing

@testable import Harness

@Suite struct SweepTests {
    @Test func everyArmIsRunWithEveryCombination() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body
                + "sweep:\n  optimizer.sgd.rate: [0.1, 1e-2]\n  initializer: [xavier, he]\n  batch: [5]\n")
        #expect(
            experiment.arms.map(\.name) == [
                "baseline@rate=0.1,initializer=xavier,batch=5", "baseline@rate=0.1,initializer=he,batch=5",
                "baseline@rate=1e-2,initializer=xavier,batch=5", "baseline@rate=1e-2,initializer=he,batch=5",
                "batch-norm@rate=0.1,initializer=xavier,batch=5", "batch-norm@rate=0.1,initializer=he,batch=5",
                "batch-norm@rate=1e-2,initializer=xavier,batch=5", "batch-norm@rate=1e-2,initializer=he,batch=5",
            ])
        let arm = experiment.arms[7]
        #expect(arm.group == "batch-norm")
        #expect(arm.label == "batch-norm (rate=1e-2, initializer=he, batch=5)")
        #expect(arm.sweptValues.map(\.key) == ["optimizer.sgd.rate", "initializer", "batch"])
        let configuration = arm.configuration(in: try experiment.profile("smoke"))
        #expect(configuration.batch == 5)
        #expect(configuration.optimizer.rate == 0.01)
        #expect(type(of: configuration.initializer).kind == "he")
    }

    @Test func equalLastKeysAreLengthened() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body + "sweep:\n  evaluate.every: [5]\n  observe.every: [6]\n")
        #expect(experiment.arms[0].name == "baseline@evaluate.every=5,observe.every=6")
    }
}
