import Testing

@testable import Benchmarks

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
