import Declarations
import Testing

@testable import Experiments
@testable import Running

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

    @Test func mappingsNameTheirValues() throws {
        let experiment = try ExperimentFixture.load(
            ExperimentFixture.body
                + "sweep:\n  normalization: { plain: none, small: { batch-norm: { epsilon: 0.1 } } }\n")
        #expect(
            experiment.arms.map(\.name) == [
                "baseline@normalization=plain", "baseline@normalization=small", "batch-norm@normalization=plain",
                "batch-norm@normalization=small",
            ])
        let quick = try experiment.profile("quick")
        #expect(experiment.arms[2].configuration(in: quick).normalization == nil)
        let settings = experiment.arms[1].configuration(in: quick).settings
        #expect(settings.contains { $0.key == "normalization.batch-norm.epsilon" && $0.value == "0.1" })
        #expect(throws: ConfigurationErrors.self) {
            try ExperimentFixture.load(ExperimentFixture.body + "sweep:\n  batch: { Ten: 10 }\n")
        }
    }
}
