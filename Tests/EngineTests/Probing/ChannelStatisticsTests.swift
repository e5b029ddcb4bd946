import Kernels
import Testing

@testable import Engine

@Suite("Statistics of channels")
struct ChannelStatisticsTests {
    @Test("are the moments of every product's output, of maps over all positions")
    func moments() throws {
        let network = try Fixtures.leNet(batchNorm: true, widths: [3, 4, 10])
        let model = Fixtures.train(network, steps: 2).model
        var input = Maps(images: 5, shape: network.input)
        let layers = ChannelStatistics(model, batch: 5, team: Team(threads: 1)).measure { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 7)(matrix, &labels)
            input.values = matrix.elements.map(Double.init)
        }
        #expect(layers.map(\.name) == ["conv1", "conv2", "ip1", "ip2"])
        #expect(layers.map(\.depth) == [1, 2, 3, 4])
        let parameters = NetworkReference(model).parameters
        var values = [input]
        for (index, node) in network.nodes.enumerated() {
            let reference = try #require(Reference.of(node.layer))
            values.append(reference.forward(node.inputs.map { values[$0] }, Array(parameters[node.parameters])))
            guard let layer = layers.first(where: { $0.name == node.name }) else { continue }
            let (channels, output) = (node.shape.channels, values[index + 1].values)
            var (squaredMean, variance) = (0.0, 0.0)
            for channel in 0..<channels {
                let column = stride(from: channel, to: output.count, by: channels).map { output[$0] }
                let mean = column.reduce(0, +) / Double(column.count)
                squaredMean += mean * mean / Double(channels)
                variance +=
                    column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count * channels)
            }
            #expect(abs(layer.squaredMean - squaredMean) < 1e-4 * squaredMean + 1e-9)
            #expect(abs(layer.variance - variance) < 1e-4 * variance)
            #expect(layer.meanSquare == layer.squaredMean + layer.variance)
        }
    }

    /// The growth in 12 layers of rectifiers whose weights are √2 times He's, without the last.
    private func growth(batchNorm: Bool, of quantity: KeyPath<ChannelStatistics.Layer, Double>) throws -> Double {
        let network = try GradientNormsTests.deep(
            12, width: 128, batchNorm: batchNorm, initializer: He(gain: 2.0.squareRoot()))
        let statistics = ChannelStatistics(Model(network, seed: 1), batch: 64, team: Team(threads: 1))
        let layers = statistics.measure { matrix in
            var labels: [Int32] = []
            Fixtures.fill(network, step: 1)(matrix, &labels)
        }
        return ChannelStatistics.growth(layers[1..<12], of: quantity)
    }

    @Test("grow with depth without normalization, and stay with it (Bjorck et al. 2018)")
    func growth() throws {
        // Twice He's variance doubles the mean square in every layer.
        #expect(abs(try growth(batchNorm: false, of: \.meanSquare) - DoubleMath.log(2)) < 0.1)
        #expect(try growth(batchNorm: false, of: \.squaredMean) > 0.5)
        #expect(abs(try growth(batchNorm: true, of: \.meanSquare)) < 0.03)
        #expect(abs(try growth(batchNorm: true, of: \.variance)) < 0.03)
    }
}
