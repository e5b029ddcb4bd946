@testable import Engine
import Kernels
import Testing

@Suite("An observation")
struct ObserverTests {
    @Test("reads every tensor as a network of its own would compute it, kept until the end")
    func tensors() throws {
        let network = try Fixtures.inception()
        let model = Fixtures.train(network, steps: 2).model
        let observer = Observer(
            model: model, batch: 4, taps: network.taps, team: Team(threads: 2), poisonsReleasedMemory: true)
        var input = Maps(images: 4, shape: network.input)
        observer.observe { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 9)(matrix, &labels)
            input.values = matrix.elements.map(Double.init)
        }
        let reference = NetworkReference(model)
        var values = [input]
        for node in network.nodes {
            let layer = try #require(Reference.of(node.layer))
            values.append(
                layer.forward(node.inputs.map { values[$0] }, Array(reference.parameters[node.parameters])))
        }
        for (index, node) in network.nodes.enumerated() {
            let tap = try #require(network.taps.first { $0.address == "\(node.name)/output" })
            let found = observer.tensor(tap)
            #expect(found.rows == 4 * node.shape.positions && found.columns == node.shape.channels)
            #expect(GradientCheck.objection(tap.address, found.elements, values[index + 1].values) == [])
        }
    }

    @Test("shows x̂ with mean 0 and variance 1 of the batch, and γx̂ + β apart from it")
    func normalized() throws {
        let network = try Fixtures.perceptron(batchNorm: true, units: 10)
        let model = Model(network, seed: 4)
        let gamma = (0..<10).map { 0.5 + Float($0) }
        model.setValues(of: "norm2.weight", to: gamma)
        model.setValues(of: "norm2.bias", to: Array(repeating: 7, count: 10))
        let taps = network.taps(matching: "hidden2/*")
        let observer = Observer(model: model, batch: 40, taps: taps, team: Team(threads: 1))
        observer.observe { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 1)(matrix, &labels)
        }
        func tensor(_ address: String) throws -> Matrix {
            observer.tensor(try #require(taps.first { $0.address == address }))
        }
        let (normalized, scaled) = (try tensor("hidden2/normalized"), try tensor("hidden2/scaled"))
        for unit in 0..<10 {
            let column = (0..<40).map { Double(normalized[$0, unit]) }
            #expect(abs(column.reduce(0, +)) < 1e-4)
            #expect(abs(column.map { $0 * $0 }.reduce(0, +) / 40 - 1) < 1e-2)
            for row in 0..<40 { #expect(abs(scaled[row, unit] - (gamma[unit] * normalized[row, unit] + 7)) < 1e-4) }
        }
        #expect(try tensor("hidden2/activation-input").elements == scaled.elements)
        #expect(try tensor("hidden2/preactivation").elements != scaled.elements)
    }

    @Test("has dropout off")
    func dropout() throws {
        let network = try Fixtures.leNet(dropout: true, widths: [3, 4, 10])
        let taps = network.taps(matching: "drop1/output") + network.taps(matching: "relu1/output")
        let observer = Observer(model: Model(network, seed: 1), batch: 3, taps: taps, team: Team(threads: 1))
        observer.observe { $0.fill(0.5) }
        #expect(observer.tensor(taps[0]).elements == observer.tensor(taps[1]).elements)
    }
}

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
