import Engine
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// Whatever may stand in a `normalize` slot makes a whole run, by being in the catalogue.
struct NormalizationRunTests {
    /// The kinds, as a configuration names them, and one with a number for a word.
    static let fillings = Slot.normalize.kinds.map { $0.kind } + ["{ lp-batch-norm: { p: 2, of: deviations } }"]

    @Test(arguments: fillings)
    func aRunIsEvaluatedAndObserved(filling: String) throws {
        let yaml = TinyExperiment.yaml.replacing(
            "label: With BN, normalization: batch-norm", with: "label: With BN, normalization: \(filling)")
        let tiny = try TinyExperiment(yaml)
        let plan = try tiny.plan("batch-norm")
        let normalization = try #require(plan.configuration.normalization)
        #expect(try tiny.executor(plan).run().manifest.status == .finished)
        let folder = tiny.runFolder("batch-norm")
        let evaluations = try CSVTable(whole: folder.evaluations).rows(["step", "statistics"]).map(\.fields)
        let tracks = normalization.trackedStatistics([.init(height: 4, width: 4, channels: 3)]) != nil
        let expected =
            tracks
            ? [["0", "population"]]
                + [10, 20, 30].flatMap { [["\($0)", "moving-average"], ["\($0)", "population"]] }
            : [0, 10, 20, 30].map { ["\($0)", "none"] }
        #expect(evaluations == expected)
        let taps = try CSVTable(whole: folder.layers).rows(["step", "tap"]).map { $0[1] }
        #expect(Set(taps).isSuperset(of: ["conv/normalized", "conv/scaled", "conv/activation-input"]))
    }
}
