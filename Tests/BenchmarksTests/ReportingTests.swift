import Testing

@testable import Benchmarks

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
