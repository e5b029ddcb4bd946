import Declarations
import Engine
import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// What procedures do to whole runs: they add a table, and change no bit of the others.
struct ProcedureRunTests {
    private static let keys =
        "procedures: [{ gradient-shift: { every: 7 } }, { landscape: { every: 10, points: 3, gradients: true } }]"

    private static func tiny(_ keys: [String]) throws -> TinyExperiment {
        try TinyExperiment(
            TinyExperiment.yaml.replacing("batch: 12", with: (["batch: 12"] + keys).joined(separator: "\n  ")))
    }

    private static func files(_ arm: String, _ keys: [String], threads: Int = 1) throws -> [String: [UInt8]] {
        let tiny = try tiny(keys)
        _ = try tiny.executor(tiny.plan(arm), threads: threads).run()
        return tiny.runFolder(arm).determinedFiles
    }

    @Test func measuringChangesNoByteOfTheRun() throws {
        var plain = try Self.files("batch-norm", [])
        var measured = try Self.files("batch-norm", [Self.keys])
        #expect(plain["measures.csv"] != measured["measures.csv"])
        for name in ["config.yaml", "measures.csv"] { (plain[name], measured[name]) = (nil, nil) }
        #expect(plain == measured)
    }

    @Test func theThreadsDoNotChangeAByte() throws {
        let one = try Self.files("batch-norm", [Self.keys])
        #expect(try Self.files("batch-norm", [Self.keys], threads: 3) == one)
    }

    @Test(arguments: [1, 13])
    func aRunContinuesToTheSameBytes(step: Int) throws {
        let tiny = try Self.tiny([Self.keys])
        let interruption = Interruption()
        let hook = StepHook { if $0.step == step { interruption.request() } }
        #expect(
            try tiny.executor(tiny.plan("batch-norm"), progress: hook, interruption: interruption).run().isInterrupted)
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        #expect(try tiny.runFolder("batch-norm").determinedFiles == Self.files("batch-norm", [Self.keys]))
    }

    @Test func rowsStandAtTheDeclaredStepsAndAfterTheLast() throws {
        let tiny = try Self.tiny([Self.keys])
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        let rows = try CSVTable(whole: tiny.runFolder("batch-norm").measures).rows(["step", "quantity", "place", "at"])
        func steps(_ quantity: String) -> [String] { rows.filter { $0[1] == quantity }.map { $0[0] } }
        #expect(steps("gradient-shift") == ["0", "7", "14", "21", "28", "30"])
        #expect(steps("smoothness") == ["0", "10", "20", "30"])
        #expect(Set(rows.filter { $0[1] == "gradient-shift" }.map { $0[2] }) == ["output"])
        // Half, 2¼ and four times the rate, which the policy lowers to 0 at the end.
        let lengths = rows.filter { $0[1] == "loss" }.prefix(3).compactMap { Double($0[3]) }
        for (length, expected) in zip(lengths, [0.15, 0.675, 1.2]) { #expect(abs(length - expected) < 1e-12) }
        for type in ProcedureCatalogue.all.prefix(2) {
            for quantity in type.quantities { #expect(!steps(quantity.name).isEmpty, "no \(quantity.name)") }
        }
    }

    /// The input is measured once, with the run's own normalization, on the training set.
    @Test func theInputIsMeasuredBeforeTheFirstUpdate() throws {
        let tiny = try Self.tiny(["input: { z-score: { scope: global } }", "procedures: [input-statistics]"])
        _ = try tiny.executor(tiny.plan("baseline")).run()
        let rows = try CSVTable(whole: tiny.runFolder("baseline").measures).rows(["step", "quantity", "at", "value"])
        #expect(rows.allSatisfy { $0[0] == "0" })
        #expect(Set(rows.map { $0[1] }) == Set(InputStatisticsProcedure.quantities.map(\.name)))
        func value(_ quantity: String) throws -> Double {
            try #require(rows.first { $0[1] == quantity }.flatMap { Double($0[3]) })
        }
        #expect(try abs(value("input-mean")) < 1e-6)
        #expect(try abs(value("input-deviation") - 1) < 1e-6)
        let eigenvalues = rows.filter { $0[1] == "input-covariance-eigenvalue" }
        #expect(eigenvalues.map { $0[2] } == (1...36).map { "\($0)" })
        // Their sum is the total variance: that of all values less that of the features' means.
        let variance = eigenvalues.compactMap { Double($0[3]) }.reduce(0, +) / 36
        #expect(variance < 1 && variance > 0.1)
        #expect(try value("input-covariance-condition") >= 1)
    }

    @Test func newDataChangesNoByteOfTheRun() throws {
        let input = "input: { z-score: { scope: feature } }"
        var plain = try Self.files("batch-norm", [input])
        var measured = try Self.files("batch-norm", [input, "procedures: [{ new-data: { every: 10 } }]"])
        for name in ["config.yaml", "measures.csv"] { (plain[name], measured[name]) = (nil, nil) }
        #expect(plain == measured)
    }

    /// Accuracy lost is the run's own accuracy less that after the change.
    @Test func newDataIsComparedWithTheRunsOwnEvaluation() throws {
        let tiny = try Self.tiny([
            "input: { z-score: { scope: feature } }", "procedures: [{ new-data: { every: 10 } }]",
        ])
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        let folder = tiny.runFolder("batch-norm")
        let rows = try CSVTable(whole: folder.measures).rows(["step", "quantity", "place", "at", "value"])
        #expect(Set(rows.map { $0[1] }) == Set(NewDataProcedure.quantities.map(\.name)))
        #expect(Set(rows.map { $0[2] }) == ["shift", "rescaling", "outlier"])
        let evaluations = try CSVTable(whole: folder.evaluations).rows(["step", "statistics", "accuracy"])
        for step in ["0", "10", "20", "30"] {
            let usual = try #require(
                evaluations.first { $0[0] == step && $0[1] == "population" }.flatMap { Double($0[2]) })
            func values(_ quantity: String) -> [Double] {
                rows.filter { $0[0] == step && $0[1] == quantity }.compactMap { Double($0[4]) }
            }
            let (accuracies, losses) = (values("new-data-accuracy"), values("new-data-accuracy-lost"))
            #expect(accuracies.count == 11 && losses.count == 11)
            for (accuracy, lost) in zip(accuracies, losses) { #expect(abs(usual - accuracy - lost) < 1e-12) }
        }
    }

    @Test func aSpectrumOfTooManyFeaturesIsRefused() throws {
        let procedure = InputStatisticsProcedure()
        let input = Shape(height: 32, width: 32, channels: 3)
        #expect(procedure.mistakes(for: input).count == 1)
        #expect(InputStatisticsProcedure(spectrum: false).mistakes(for: input).isEmpty)
    }

    /// What is read off the points of a line is a function of their rows.
    @Test func theLandscapesNumbersFollowFromItsPoints() throws {
        let tiny = try Self.tiny([
            "procedures: [{ landscape: { every: 10, from: 0.01, to: 1.0e8, points: 6, spacing: logarithmic, unit: gradient } }]"
        ])
        _ = try tiny.executor(tiny.plan("baseline")).run()
        let rows = try CSVTable(whole: tiny.runFolder("baseline").measures).rows(["step", "quantity", "at", "value"])
        for step in ["0", "10", "20", "30"] {
            func points(_ quantity: String) throws -> [(at: Double, value: Double)] {
                try rows.filter { $0[0] == step && $0[1] == quantity && !$0[2].isEmpty }.map {
                    (try #require(Double($0[2])), try #require(Double($0[3])))
                }
            }
            func number(_ quantity: String) throws -> Double {
                let found = rows.filter { $0[0] == step && $0[1] == quantity && $0[2].isEmpty }
                #expect(found.count == 1, "\(quantity)")
                return try #require(Double(found[0][3]))
            }
            let (losses, ratios, changes) = try (points("loss"), points("loss-ratio"), points("gradient-change"))
            #expect(losses.count == 6 && abs(losses[5].at - 1e8) < 1)
            #expect(try number("loss-minimum") == losses.map(\.value).min())
            #expect(try number("loss-maximum") == losses.map(\.value).max())
            #expect(try number("loss-range") == number("loss-maximum") - number("loss-minimum"))
            #expect(try number("gradient-change-maximum") == changes.map(\.value).max())
            #expect(try number("gradient-change-minimum") == changes.map(\.value).min())
            // The loss before the step is the same for all points, and the longest of these steps ruins any network.
            let before = losses[0].value / ratios[0].value
            for (loss, ratio) in zip(losses, ratios) { #expect(abs(loss.value / ratio.value - before) < 1e-9 * before) }
            let first = try #require(ratios.first { $0.value > 1000 }, "no step is long enough to be tested with")
            #expect(try number("divergence-length") == first.at)
        }
    }

    @Test func aRunOfNoStepsMeasuresOnce() throws {
        let tiny = try TinyExperiment(
            TinyExperiment.yaml.replacing("batch: 12", with: "batch: 12\n  \(Self.keys)")
                .replacing("smoke: { steps: 30,", with: "smoke: { steps: 0,"))
        let outcome = try tiny.executor(tiny.plan("batch-norm")).run()
        #expect(outcome.manifest.status == .finished)
        let rows = try CSVTable(whole: tiny.runFolder("batch-norm").measures).rows(["step"])
        #expect(!rows.isEmpty && rows.allSatisfy { $0[0] == "0" })
    }

    /// A run without a network has measurements, neither steps nor a checkpoint, and is complete.
    @Test func aRunWithoutANetworkOnlyMeasures() throws {
        let tiny = try TinyExperiment(
            TinyExperiment.yaml.replacing(
                "figures: [accuracy-over-steps,", with: "figures: [{ accuracy-over-steps: { arms: [baseline] } },"
            ).replacing(
                "  baseline: { label: Without BN }",
                with:
                    "  baseline: {}\n  measured: { model: none, evaluate: { predictions: true }, procedures: [line-fit, { input-statistics: { images: 20 } }] }"
            ))
        let plan = try tiny.plan("measured")
        #expect(plan.steps == 0)
        #expect(plan.flatSettings["optimizer"] == nil && plan.flatSettings["input"] == "unit")
        #expect(try tiny.executor(plan).run().manifest.status == .finished)
        let folder = tiny.runFolder("measured")
        let quantities = Set(try CSVTable(whole: folder.measures).rows(["quantity"]).map { $0[0] })
        #expect(quantities.isSuperset(of: ["line-steps", "input-mean"]))
        #expect(try CSVTable(whole: folder.file("eval.csv")).rows(["step"]).isEmpty)
        #expect(!folder.has(folder.checkpoint))
        #expect(try tiny.executor(plan).run().state == .upToDate)
        #expect(try RunConfiguration(yaml: plan.configuration.canonicalYAML) == plan.configuration)

        let summary = try tiny.experiment.summary(profile: "smoke", resultsRoot: tiny.results)
        try summary.write()
        let runs = try CSVTable(whole: tiny.experimentFolder().appending(path: "runs.csv")).rows(["arm", "status"])
        #expect(runs.map { [$0[0], $0[1]] } == [["measured", "finished"]])
    }

    @Test func aProcedureOfANetworkNeedsOne() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + """
                base: { model: none, procedures: [line-fit, weight-norms] }
                arms: { baseline: {} }

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:9:34: error: the procedure 'weight-norms': it measures a network, and 'model' is none
                base: { model: none, procedures: [line-fit, weight-norms] }
                                                 ^
                note: in the arm 'baseline'
            1 error
            """)
    }

    @Test func whatHasNoNetworkIsNotEvaluated() throws {
        let fixture = try ExperimentFixture([
            "x": ExperimentFixture.head + """
                base: { model: none, procedures: [line-fit] }
                arms: { baseline: {} }
                figures: [accuracy-over-steps]
                claims:
                  - { id: a, statement: s, source: p, measure: { final: test-accuracy }, arm: baseline, value: 1, expect: above }

                """
        ])
        expectText(
            try fixture.messages(),
            """
            Experiments/x.yaml:11:11: error: the arm 'baseline' has no network to be evaluated: name the arms that have one
                figures: [accuracy-over-steps]
                          ^~~~~~~~~~~~~~~~~~~
            Experiments/x.yaml:13:79: error: the arm 'baseline' has no network to be evaluated: name the arms that have one
                  - { id: a, statement: s, source: p, measure: { final: test-accuracy }, arm: baseline, value: 1, expect: above }
                                                                                              ^~~~~~~~
            2 errors
            """)
    }

    @Test func mistakesAreFoundBeforeAnyTraining() throws {
        #expect(throws: ConfigurationErrors.self) {
            try Self.tiny(["procedures: [{ landscape: { from: 4, to: 1 } }]"])
        }
        #expect(throws: ConfigurationErrors.self) { try Self.tiny(["procedures: [gradient-shifts]"]) }
    }
}
