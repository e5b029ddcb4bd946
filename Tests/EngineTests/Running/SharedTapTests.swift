import Kernels
import Testing

@testable import Engine

@Suite("Addresses of one tensor")
struct SharedTapTests {
    @Test("are summed up alike")
    func summaries() throws {
        let network = try Fixtures.leNet(batchNorm: true, widths: [4, 5, 16])
        let taps = network.taps
        #expect(Set(taps.map(\.source)).count < taps.count)
        let model = Fixtures.train(network, steps: 2).model
        let observer = Observer(model: model, batch: 9, taps: taps, team: Team(threads: 2))
        observer.observe { matrix in
            var numbers = Numbers(seed: 3)
            matrix.copy(from: numbers.list(matrix.count).map(Float.init))
        }
        let summaries = observer.summaries(edges: [-1, 0, 1])
        #expect(summaries.count == taps.count)
        for (tap, summary) in zip(taps, summaries) {
            let alone = observer.summary(of: tap, edges: [-1, 0, 1])
            #expect(summary.counts == alone.counts && summary.percentiles == alone.percentiles)
            #expect(summary.channels.map(\.p50) == alone.channels.map(\.p50))
            #expect(summary.mean == alone.mean && summary.deviation == alone.deviation)
        }
    }
}
