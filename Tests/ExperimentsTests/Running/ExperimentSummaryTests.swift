import Figures
import Foundation
import Testing

@testable import Claims
@testable import Experiments
@testable import Running
@testable import Results

struct ExperimentSummaryTests {
    @Test func writesWhatTheRunsSay() throws {
        let tiny = try TinyExperiment()
        for arm in ["baseline", "batch-norm", "explosive"] {
            for seed in [1, 2] as [UInt64] { _ = try tiny.executor(tiny.plan(arm, seed: seed)).run() }
        }
        let interruption = Interruption()
        let hook = StepHook { if $0.step == 5 { interruption.request() } }
        _ = try tiny.executor(tiny.plan("unobserved"), progress: hook, interruption: interruption).run()

        let summary = try tiny.experiment.summary(profile: "smoke", resultsRoot: tiny.results)
        try summary.write(others: [tiny.experiment.figuresFile])
        func rows(_ name: String) throws -> [[String: String]] {
            let reader = try CSVTable(whole: tiny.experimentFolder().appendingPathComponent(name))
            return try reader.rows(reader.columns).map {
                Dictionary(uniqueKeysWithValues: zip(reader.columns, $0.fields))
            }
        }

        let facts = try rows("experiment.csv").reduce(into: [:]) { $0[$1["key"] ?? ""] = $1["value"] }
        #expect(facts["dataset"] == "lines")
        #expect(facts["synthetic"] == "true")
        #expect(facts["seeds"] == "1 2")
        #expect(facts["steps"] == "30")
        #expect(facts["loss"] == "cross-entropy")

        let arms = try rows("arms.csv")
        #expect(arms.map { $0["arm"] } == ["baseline", "batch-norm", "unobserved", "explosive"])
        #expect(arms.map { $0["color"] } == ["0", "1", "2", "3"])

        let runs = try rows("runs.csv")
        #expect(
            runs.map { $0["status"] } == [
                "finished", "finished", "finished", "finished", "interrupted", "diverged", "diverged",
            ])
        #expect(runs[4]["steps"] == "5" && runs[4]["test-accuracy"] == "")
        #expect(runs[5]["diverged-at"] == runs[5]["steps"])
        #expect(runs[5]["test-accuracy"] == "nan")
        let manifest = try Manifest(tiny.runFolder("batch-norm").manifest)
        let population = manifest.metrics.first { $0.name == "test-accuracy" && $0.statistics == "population" }
        #expect(runs[2]["test-accuracy"] == "\(try #require(population).last.value)")

        let figures = try FigureList.read(tiny.experimentFolder().appending(path: FigureList.file))
        #expect(figures.map(\.name) == ["accuracy-over-steps", "activation-quantiles"])
        #expect(figures[1].common.arms == ["baseline", "batch-norm"])

        let settings = try rows("settings.csv")
        #expect(settings.contains(["arm": "explosive", "key": "optimizer.sgd.rate", "value": "1000"]))
        #expect(settings.contains(["arm": "baseline", "key": "optimizer.sgd.rate", "value": "0.3"]))
        #expect(!settings.contains { $0["key"] == "batch" })

        let means = try rows("summary.csv")
        let accuracy = try #require(means.first { $0["arm"] == "baseline" && $0["metric"] == "test-accuracy" })
        let values = try runs.prefix(2).map { try #require(Double($0["test-accuracy"] ?? "")) }
        #expect(accuracy["n"] == "2")
        #expect(accuracy["mean"] == "\((values[0] + values[1]) / 2)")
        #expect(means.contains { $0["arm"] == "explosive" && $0["metric"] == "diverged" && $0["mean"] == "1" })
        #expect(means.contains { $0["metric"] == "test-accuracy/moving-average" })

        let claims = try rows("claims.csv")
        #expect(claims.map { $0["claim"] } == ["faster", "better", "explodes", "steadier"])
        let explodes = claims[2]
        #expect(explodes["arm-mean"] == "0.1")
        #expect(explodes["with"] == "baseline" && explodes["n"] == "2")
        #expect(explodes["minimum-effect"] == "difference ≤ -0.05")
        #expect(explodes["note"]?.contains("explosive diverged: counted as guessing (seeds 1, 2)") == true)
        #expect(explodes["note"]?.contains("on synthetic images (lines)") == true)
        #expect(claims.allSatisfy { Verdict(rawValue: $0["verdict"] ?? "") != nil })
    }

    @Test func withoutRunsItSaysThatThereAreNone() throws {
        let tiny = try TinyExperiment()
        let summary = try tiny.experiment.summary(profile: "smoke", resultsRoot: tiny.results)
        try summary.write(others: [tiny.experiment.figuresFile])
        #expect(summary.claims.allSatisfy { $0.verdict == .inconclusive })
        let reader = try CSVTable(whole: tiny.experimentFolder().appendingPathComponent("runs.csv"))
        #expect(try reader.rows(["arm"]).isEmpty)
    }

    @Test func theSameRunsGiveTheSameBytesButForTimes() throws {
        func bytes() throws -> [String] {
            let tiny = try TinyExperiment()
            for arm in ["baseline", "batch-norm"] { _ = try tiny.executor(tiny.plan(arm)).run() }
            try tiny.experiment.summary(profile: "smoke", resultsRoot: tiny.results).write(others: [
                tiny.experiment.figuresFile
            ])
            let names = ["experiment.csv", "arms.csv", "figures.yaml", "settings.csv", "summary.csv", "claims.csv"]
            return try names.map {
                try String(contentsOf: tiny.experimentFolder().appending(path: $0), encoding: .utf8)
            }
        }
        #expect(try bytes() == bytes())
    }
}
