import Testing

@testable import Benchmarks

@Suite struct ComparisonTests {
    @Test func otherNetworksAreRefused() throws {
        let ours = NetworkSize(parameters: 99_710, multiplyAdds: 99_400)
        try ours.requireSame(as: ours, network: "mlp/none", subject: "torch eager")
        for theirs in [
            NetworkSize(parameters: 99_710, multiplyAdds: 99_401),
            NetworkSize(parameters: 99_700, multiplyAdds: 99_400),
        ] {
            #expect(
                throws: DifferentNetworks(network: "mlp/none", subject: "torch eager", ours: ours, theirs: theirs)
            ) { try ours.requireSame(as: theirs, network: "mlp/none", subject: "torch eager") }
        }
    }

    @Test func theGeometricMeanIsTheRootOfTheProduct() {
        #expect(abs(ComparisonTable.geometricMean([2, 8]) - 4) < 1e-12)
        #expect(abs(ComparisonTable.geometricMean([0.5, 2, 1, 27]) - 2.279507056954778) < 1e-12)
        #expect(abs(ComparisonTable.geometricMean([3]) - 3) < 1e-12)
        #expect(abs(ComparisonTable.geometricMean(Array(repeating: 1.7, count: 18)) - 1.7) < 1e-9)
    }

    /// The machine was slower when the better mode ran: only neighbours can be compared.
    @Test func theBestModeCounts() throws {
        func result(_ subject: String, _ metric: BenchmarkMetric, _ values: [Double]) -> BenchmarkResult {
            BenchmarkResult(
                section: ComparisonTable.section, name: "mlp", variant: "bn", subject: subject, batch: 60, threads: 2,
                metric, Sample(values))
        }
        let table = try #require(
            ComparisonTable.tables([
                result("normlab", .training, [200, 200]), result("torch eager", .training, [110, 110]),
                result("torch eager", .training.ratio, [2, 2.5]), result("jax scan", .training, [100, 100]),
                result("jax scan", .training.ratio, [1.9, 2, 2.1]),
            ]).first)
        #expect(table.rows == [["training", "mlp/bn", "60", "200.0", "100.0", "jax scan", "2.000 (1.900–2.100)"]])
        #expect(table.notes.first?.contains("2.00 (training 2.00)") == true)
    }
}
