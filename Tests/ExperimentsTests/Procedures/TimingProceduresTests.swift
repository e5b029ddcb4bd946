import Engine
import Foundation
import Testing

@testable import Experiments
@testable import Running
@testable import Results

/// The procedures that measure times: which rows they write, and that times are the only thing in a run that may differ.
struct TimingProceduresTests {
    private static let keys =
        "procedures: [{ multiplication-throughput: { rounds: 2 } }, { decorrelation-cost: { rounds: 1 } }]"
    private static let types: [any Procedure.Type] = [
        MultiplicationThroughputProcedure.self, DecorrelationCostProcedure.self,
    ]

    private static func tiny(_ keys: String) throws -> TinyExperiment {
        try TinyExperiment(TinyExperiment.yaml.replacing("batch: 12", with: "batch: 12\n  \(keys)"))
    }

    @Test func everyQuantityIsThereOnceAndPositive() throws {
        let tiny = try Self.tiny(Self.keys)
        _ = try tiny.executor(tiny.plan("batch-norm")).run()
        let rows = try CSVTable(whole: tiny.runFolder("batch-norm").measures).rows([
            "step", "quantity", "place", "at", "value",
        ])
        #expect(rows.allSatisfy { $0[0] == "0" })
        #expect(Set(rows.map { $0[1] }) == Set(Self.types.flatMap { $0.quantities.map(\.name) }))
        func values(_ quantity: String, _ place: String = "") -> [Double] {
            rows.filter { $0[1] == quantity && $0[2] == place }.compactMap { Double($0[4]) }
        }
        for range in OperandRange.allCases {
            for kind in MultiplicationThroughput.Kind.allCases {
                let place = "\(range.rawValue)/\(kind.rawValue)"
                #expect(values("multiplication-throughput", place).count == 1)
                #expect(values("multiplication-throughput", place).allSatisfy { $0 > 0 && $0.isFinite })
                #expect(values("multiplication-throughput-spread", place).allSatisfy { $0 >= 0 })
                #expect(values("multiplication-time-ratio", place).allSatisfy { $0 > 0 })
            }
        }
        for kind in ["scalar", "simd", "product"] {
            #expect(values("multiplication-time-ratio", "one-to-two/\(kind)") == [1])
            #expect(values("multiplication-time-ratio-to-thousands", "symmetric/\(kind)").allSatisfy { $0 > 0 })
        }
        #expect(rows.count { $0[1] == "multiplication-time-ratio-to-thousands" } == 3)
        let widths = ["32", "64", "128", "256"]
        for quantity in DecorrelationCostProcedure.quantities {
            #expect(rows.filter { $0[1] == quantity.name }.map { $0[3] } == widths, "\(quantity.name)")
        }
        for quantity in ["decorrelation-time", "normalization-time", "decorrelation-cost-ratio"] {
            #expect(values(quantity).allSatisfy { $0 > 0 && $0.isFinite })
        }
        // Batches of 12 images, or of twice the width.
        #expect(values("decorrelation-operations") == [32, 64, 128, 256].map { 9.5 * $0 * $0 * $0 })
        let shares = values("decorrelation-rank-deficiency")
        for (share, width) in zip(shares, [32.0, 64, 128, 256]) { #expect(abs(share - (1 - 11 / width)) < 1e-12) }
    }

    @Test func timesChangeNoOtherByteOfTheRun() throws {
        func files(_ keys: String) throws -> [String: [UInt8]] {
            let tiny = try Self.tiny(keys)
            _ = try tiny.executor(tiny.plan("batch-norm"), threads: 2).run()
            return tiny.runFolder("batch-norm").determinedFiles
        }
        var (plain, measured) = (try files("loss: cross-entropy"), try files(Self.keys))
        for name in ["config.yaml", "measures.csv"] { (plain[name], measured[name]) = (nil, nil) }
        #expect(plain == measured && !plain.isEmpty)
    }

    /// Times are no part of what makes a run stale.
    @Test func aRunWithTimesStaysUpToDate() throws {
        let tiny = try Self.tiny(Self.keys)
        let plan = try tiny.plan("batch-norm")
        _ = try tiny.executor(plan).run()
        let check = StalenessCheck(plan: plan, dataset: tiny.dataset.name, checksum: tiny.dataset.checksum)
        #expect(check.state(of: tiny.runFolder("batch-norm")) == .upToDate)
    }
}
