import Testing

@testable import Plotting

@Suite struct NumberFormatTests {
    @Test(
        arguments: [
            ([0, 1000, 2000], ["0", "1000", "2000"]),
            ([0, 5000, 10_000], ["0", "5k", "10k"]),
            ([0, 2500, 5000, 7500, 10_000], ["0", "2.5k", "5.0k", "7.5k", "10.0k"]),
            ([0, 20_000_000], ["0", "20M"]),
            ([0, 0.5, 1], ["0.0", "0.5", "1.0"]),
            ([0.9, 0.95, 1], ["0.90", "0.95", "1.00"]),
            ([-2, 0, 2], ["−2", "0", "2"]),
            ([0.1 + 0.2, 0.4], ["0.3", "0.4"]),
            ([0, 0.00002, 0.00004], ["0", "2·10⁻⁵", "4·10⁻⁵"]),
        ] as [([Double], [String])])
    func automatic(_ values: [Double], _ labels: [String]) {
        #expect(NumberFormat.automatic.labels(values) == labels)
    }

    @Test func percent() {
        #expect(NumberFormat.percent.labels([0.9, 0.95, 1]) == ["90%", "95%", "100%"])
        #expect(NumberFormat.percent.labels([0.975, 0.98, 0.985]) == ["97.5%", "98.0%", "98.5%"])
    }

    @Test func logarithmic() {
        #expect(NumberFormat.automatic.labels([0.01, 0.1, 1, 10], isLogarithmic: true) == ["0.01", "0.1", "1", "10"])
        #expect(NumberFormat.automatic.labels([1e-6, 1e-3, 1], isLogarithmic: true) == ["10⁻⁶", "10⁻³", "10⁰"])
        #expect(NumberFormat.automatic.labels([100, 10_000], isLogarithmic: true) == ["100", "10k"])
    }

    @Test func nothingIsNeverNegative() {
        #expect([-0.01, -0.06].map { NumberFormat.fixed($0, decimals: 1) } == ["0.0", "−0.1"])
        #expect([.nan, .infinity].map { NumberFormat.fixed($0, decimals: 2) } == ["–", "∞"])
    }
}
