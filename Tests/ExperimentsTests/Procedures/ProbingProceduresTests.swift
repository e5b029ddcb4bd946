import Declarations
import Engine
import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// The procedures that look at gradients, Jacobians and norms, in a whole run: what they measure is tested with the engine,
/// here stands that it arrives in the table under its names.
struct ProbingProceduresTests {
    private static let types: [any Procedure.Type] = [
        ChannelStatisticsProcedure.self, GradientCorrelationProcedure.self, GradientNormsProcedure.self,
        LayerJacobianProcedure.self, RescalingProcedure.self, WeightNormsProcedure.self,
    ]

    private static let keys = """
        procedures: [{ channel-statistics: { every: 20 } }, { gradient-correlation: { every: 20, points: 40, lags: 3 } }, \
        { gradient-norms: { every: 20, leave-out: 0 } }, { layer-jacobian: { every: 20, images: 3 } }, \
        { rescaling: { every: 20, points: 3 } }, { weight-norms: { every: 20 } }]
        """

    private static func tiny(_ keys: String) throws -> TinyExperiment {
        // With a stride the convolution has few enough values for Jacobians on the data set that the file names, too.
        try TinyExperiment(
            TinyExperiment.yaml.replacing("batch: 12", with: "batch: 12\n  \(keys)")
                .replacing("kernel: 3 }", with: "kernel: 3, stride: 2 }"))
    }

    /// A row of the table.
    private struct Row {
        let step: String
        let quantity: String
        let place: String
        let at: Double?
        let value: Double
    }

    private static func rows(_ arm: String) throws -> [Row] {
        let tiny = try tiny(keys)
        _ = try tiny.executor(tiny.plan(arm)).run()
        return try CSVTable(whole: tiny.runFolder(arm).measures).rows(["step", "quantity", "place", "at", "value"]).map
        {
            Row(step: $0[0], quantity: $0[1], place: $0[2], at: Double($0[3]), value: try #require(Double($0[4])))
        }
    }

    @Test func theyAreInTheCatalogue() {
        for type in Self.types { #expect(ProcedureCatalogue.all.contains { $0 == type }, "\(type.kind) is missing") }
    }

    @Test func everyQuantityIsThereAtEveryStepAndNoOther() throws {
        let rows = try Self.rows("batch-norm")
        let declared = Set(Self.types.flatMap { $0.quantities.map(\.name) })
        #expect(Set(rows.map(\.quantity)) == declared)
        for quantity in declared {
            #expect(Set(rows.filter { $0.quantity == quantity }.map(\.step)) == ["0", "20", "30"])
        }
        // With the last product left out there is one layer, through which no line is drawn.
        let undefined = Set(rows.filter { !$0.value.isFinite }.map(\.quantity))
        #expect(undefined == ["channel-squared-mean-growth", "channel-variance-growth"])
    }

    @Test func placesAndAxesAreAsDeclared() throws {
        let rows = try Self.rows("batch-norm").filter { $0.step == "0" }
        func named(_ quantity: String, _ place: String = "") -> [Row] {
            rows.filter { $0.quantity == quantity && $0.place == place }
        }
        #expect(named("singular-value", "output/activation-input").map(\.at) == (1...10).map(Double.init))
        #expect(named("gradient-autocorrelation").map(\.at) == [0, 1, 2, 3])
        #expect(named("gradient-autocorrelation")[0].value == 1)
        #expect(named("squared-gradient-norm", "conv").map(\.at) == [1])
        #expect(named("channel-variance", "output").map(\.at) == [2])
        let factors = named("rescaled-gradient-ratio", "conv")
        for (factor, expected) in zip(factors, [0.01, 1, 100]) { #expect(abs((factor.at ?? 0) / expected - 1) < 1e-12) }
        // Batch normalization follows the convolution and nothing the output; for large factors ε is nothing.
        #expect(abs(factors[2].value - 1) < 0.02)
        #expect(abs(named("rescaled-gradient-ratio", "output")[2].value - 1) > 0.1)
        #expect(abs(named("weight-gradient-cosine", "conv")[2].value) < 1e-3)
    }

    @Test func normsBelongToTheirParameters() throws {
        let rows = try Self.rows("batch-norm").filter { $0.step == "0" }
        func value(_ quantity: String, _ place: String) throws -> Double {
            try #require(rows.first { $0.quantity == quantity && $0.place == place }).value
        }
        let norm = try value("weight-norm", "conv")
        #expect(abs(try value("effective-rate", "conv") - 0.3 / (norm * norm)) < 1e-6 * 0.3 / (norm * norm))
        let scales = rows.filter { $0.quantity == "scale-rms" }
        #expect(scales.count == 1 && scales[0].value == 1)
        #expect(rows.filter { $0.quantity == "shift-norm" }.map(\.value) == [0])
        #expect(rows.filter { $0.quantity == "bias-norm" }.map(\.place) == ["output"])
    }

    @Test func theyChangeNoByteOfTheRun() throws {
        func files(_ keys: String) throws -> [String: [UInt8]] {
            let tiny = try Self.tiny(keys)
            _ = try tiny.executor(tiny.plan("batch-norm"), threads: 2).run()
            return tiny.runFolder("batch-norm").determinedFiles
        }
        var (plain, measured) = (try files("loss: cross-entropy"), try files(Self.keys))
        #expect(plain["measures.csv"] != measured["measures.csv"])
        #expect(try files(Self.keys) == measured)
        for name in ["config.yaml", "measures.csv"] { (plain[name], measured[name]) = (nil, nil) }
        #expect(plain == measured)
    }

    @Test(arguments: [
        "layer-jacobian: { taps: [\"*/nowhere\"] }", "layer-jacobian: { taps: [\"output/*\"] }",
        "rescaling: { from: 2, to: 1 }",
        "gradient-correlation: { points: 10, lags: 10 }",
    ])
    func mistakesAreFoundBeforeAnyTraining(procedure: String) throws {
        #expect(throws: ConfigurationErrors.self) { try Self.tiny("procedures: [{ \(procedure) }]") }
    }

    @Test func largeTapsAreNoJacobians() throws {
        let network = try Network(
            input: .flat(4),
            nodes: [Node(name: "a", layer: Dense(units: 1_025)), Node(name: "b", layer: Dense(units: 2))],
            initializer: Constant(value: 1))
        let mistakes = LayerJacobianProcedure().mistakes(in: network)
        #expect(mistakes == ["'a/activation-input' has 1025 values: expected taps of at most 1024"])
        #expect(RescalingProcedure().factors.count == 5)
    }
}
