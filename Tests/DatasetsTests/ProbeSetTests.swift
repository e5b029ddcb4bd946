import Testing

@testable import Datasets

@Suite struct ProbeSetTests {
    @Test func firstImages() {
        #expect(ProbeSet.first(3).indices(count: 10) == [0, 1, 2])
        #expect(ProbeSet.first(30).indices(count: 4) == [0, 1, 2, 3])
        #expect(ProbeSet.first(0).indices(count: 4).isEmpty)
    }

    @Test func samplesAreFixedAndWithoutRepetition() {
        let sample = ProbeSet.sample(50, seed: 4).indices(count: 1000)
        #expect(sample.count == 50)
        #expect(Set(sample).count == 50)
        #expect(sample == sample.sorted())
        #expect(sample == ProbeSet.sample(50, seed: 4).indices(count: 1000))
        #expect(sample != ProbeSet.sample(50, seed: 5).indices(count: 1000))
        #expect(ProbeSet.sample(50, seed: 4).indices(count: 20) == Array(0..<20))
    }
}
