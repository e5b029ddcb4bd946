import Kernels
import Testing

@testable import Engine

@Suite("A summary of a tap")
struct TapSummaryTests {
    private let network = try? Fixtures.leNet(batchNorm: true, widths: [4, 5, 16])

    private func summaries(threads: Int, edges: [Float]) throws -> [(
        summary: TapSummary, tensor: Matrix, keep: Observer
    )] {
        let network = try #require(network)
        let model = Fixtures.train(network, steps: 2).model
        let observer = Observer(model: model, batch: 9, taps: network.taps, team: Team(threads: threads))
        observer.observe { matrix in
            var numbers = Numbers(seed: 3)
            matrix.copy(from: numbers.list(matrix.count).map(Float.init))
        }
        return observer.taps.map { (observer.summary(of: $0, edges: edges), observer.tensor($0), observer) }
    }

    @Test("holds the statistics of every channel and of all values")
    func statistics() throws {
        let edges: [Float] = [-1, -0.25, 0, 0.5, 2]
        for (summary, tensor, keep) in try summaries(threads: 2, edges: edges) {
            let all = tensor.elements.map(Double.init)
            #expect(summary.channels.count == tensor.columns)
            for (column, channel) in summary.channels.enumerated() {
                let values = (0..<tensor.rows).map { Double(tensor[$0, column]) }
                let expected = Expected(values)
                #expect(abs(Double(channel.mean) - expected.mean) < 1e-6 * (1 + abs(expected.mean)))
                #expect(abs(Double(channel.deviation) - expected.deviation) < 1e-5 * (1 + expected.deviation))
                for (value, share) in [(channel.p15, 0.15), (channel.p50, 0.5), (channel.p85, 0.85)] {
                    #expect(abs(Double(value) - expected.quantile(share)) < 1e-6 * (1 + abs(Double(value))))
                }
            }
            let expected = Expected(all)
            #expect(abs(summary.mean - expected.mean) < 1e-6 && abs(summary.deviation - expected.deviation) < 1e-5)
            #expect(Double(summary.minimum) == all.min() && Double(summary.maximum) == all.max())
            for (value, share) in zip(summary.percentiles, TapSummary.shares) {
                #expect(abs(Double(value) - expected.quantile(share)) < 1e-6 * (1 + abs(Double(value))))
            }
            let bounds = [-Double.infinity] + edges.map(Double.init) + [.infinity]
            #expect(
                summary.counts
                    == zip(bounds, bounds.dropFirst()).map { low, high in all.count { low <= $0 && $0 < high } })
            withExtendedLifetime(keep) {}
        }
    }

    @Test("does not depend on the number of threads")
    func threads() throws {
        let one = try summaries(threads: 1, edges: [0])
        let three = try summaries(threads: 3, edges: [0])
        for (a, b) in zip(one, three) {
            #expect(a.summary.mean == b.summary.mean && a.summary.deviation == b.summary.deviation)
            #expect(a.summary.percentiles == b.summary.percentiles && a.summary.counts == b.summary.counts)
            #expect(a.summary.channels.map(\.mean) == b.summary.channels.map(\.mean))
            #expect(a.summary.channels.map(\.deviation) == b.summary.channels.map(\.deviation))
            #expect(a.summary.channels.map(\.p85) == b.summary.channels.map(\.p85))
        }
    }

    /// Plain statistics in double precision.
    private struct Expected {
        let values: [Double]
        let mean: Double
        let deviation: Double

        init(_ values: [Double]) {
            self.values = values.sorted()
            let mean = values.reduce(0, +) / Double(values.count)
            self.mean = mean
            deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        }

        func quantile(_ share: Double) -> Double {
            let place = share * Double(values.count - 1)
            let low = Int(place)
            return values[low] + (values[min(low + 1, values.count - 1)] - values[low]) * (place - Double(low))
        }
    }
}
