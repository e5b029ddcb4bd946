@testable import Benchmarks
import Testing

@Suite struct BenchmarkResultTests {
    static let examples = [
        BenchmarkResult(
            section: "kernels", name: "convolution 3×3, 32→64 on 32×32", variant: "data gradient", batch: 32,
            threads: 2, .rate, Sample([1.0 / 3, 2.5, 1e-9])),
        BenchmarkResult(
            section: "compare", name: "a \"name\", with everything", subject: "torch compile, fused", threads: 1,
            .training.ratio, Sample(exactly: .nan)),
    ]

    @Test func rowsReadBack() throws {
        for example in Self.examples {
            let fields = example.fields
            #expect(fields.count == BenchmarkResult.header.count)
            let read = try #require(BenchmarkResult(fields: fields))
            // A NaN differs from itself; its text does not.
            #expect(read.fields == fields)
            #expect(read.metric == example.metric)
        }
        #expect(BenchmarkResult(fields: Self.examples[0].fields) == Self.examples[0])
    }

    @Test(arguments: [4, 5, 8, 9, 10, 11])
    func aWordIsNoNumber(_ column: Int) {
        var fields = Self.examples[0].fields
        fields[column] = "fast"
        #expect(BenchmarkResult(fields: fields) == nil)
    }

    @Test func aShortRowIsNone() {
        #expect(BenchmarkResult(fields: Array(Self.examples[0].fields.dropLast())) == nil)
    }
}

@Suite struct ReportingTests {
    @Test(arguments: [
        (12345.6, "12346"), (123.44, "123.4"), (12.345, "12.35"), (0.0123, "0.012"), (-0.0001, "0.000"),
        (-2.5, "-2.500"), (.nan, "nan"), (.infinity, "inf"),
    ])
    func numbersHaveFourDigits(_ value: Double, _ text: String) {
        #expect(NumberText.rounded(value) == text)
    }

    private static let results = [
        BenchmarkResult(section: "x", name: "one", variant: "a", batch: 8, threads: 2, .rate, Sample([1, 2, 3])),
        BenchmarkResult(section: "x", name: "one", variant: "a", batch: 8, threads: 2, .time, Sample([10])),
        BenchmarkResult(section: "x", name: "another", variant: "b", batch: 8, threads: 2, .time, Sample([1000.4])),
    ]

    @Test func aTableHasARowForWhatWasMeasuredAndAColumnForEachMetric() {
        let table = PivotTable(title: "Title").table(Self.results)
        #expect(table.title == "Title, batch 8, threads 2")
        #expect(table.header == ["", "", "rate [GFLOP/s]", "time [µs]"])
        #expect(
            table.rows == [["one", "a", "2.000 (1.000–3.000)", "10.00"], ["another", "b", "", "1000"]])
    }

    @Test func columnsAreAligned() {
        let table = PivotTable(title: "Title").table(Self.results)
        let lines = table.text.split(separator: "\n").dropFirst()
        #expect(Set(lines.map(\.count)).count == 1, "\(table.text)")
        #expect(table.text.contains("  one      a  2.000 (1.000–3.000)      10.00"))
    }

    @Test func markdownHasTheSameRows() {
        let table = PivotTable(title: "Title").table(Self.results)
        let lines = table.markdown.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[2] == "|---|---|---:|---:|")
        #expect(lines[3] == "| one | a | 2.000 (1.000–3.000) | 10.00 |")
    }
}

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
