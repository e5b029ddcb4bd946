@testable import Engine
import Kernels
import Testing

@Suite("The correlation of gradients")
struct GradientCorrelationTests {
    private func network(_ hidden: [Node], input: Shape = .flat(1)) throws -> Network {
        try Network(
            input: input, nodes: hidden + [Node(name: "scores", layer: Dense(units: 2))],
            initializer: Gaussian(deviation: 1))
    }

    @Test("of a line is that of a constant")
    func line() throws {
        let network = try network([])
        let model = Model(network, seed: 3)
        let correlation = GradientCorrelation(network, team: Team(threads: 1))
        #expect(correlation.points.count == 256)
        #expect(correlation.points.first == -2 && abs((correlation.points.last ?? 0) - 2) < 1e-12)
        let curve = correlation.measure(model)
        let weight = Double(try #require(model.values(of: "scores.weight"))[0])
        #expect(curve.slopes == Array(repeating: weight, count: 256))
        #expect(Autocorrelation.cosines(curve.slopes, lags: 15).allSatisfy { abs($0 - 1) < 1e-12 })
    }

    @Test(
        "takes the statistics of the grid, held fixed",
        arguments: [(true, Shape.flat(1)), (false, .flat(1)), (true, Shape(height: 2, width: 3, channels: 2))])
    func statistics(isDeep: Bool, input: Shape) throws {
        var hidden = [
            Node(name: "first", layer: Dense(units: 6, bias: .present)),
            Node(name: "norm1", layer: BatchNormalization()),
            Node(name: "tanh1", layer: HyperbolicTangent()),
        ]
        if isDeep {
            hidden += [
                Node(name: "second", layer: Dense(units: 5)), Node(name: "norm2", layer: BatchNormalization()),
                Node(name: "tanh2", layer: HyperbolicTangent()),
            ]
        }
        let network = try network(hidden, input: input)
        let model = Model(network, seed: 5)
        var numbers = Numbers(seed: 2)
        for parameter in network.parameters where parameter.kind != .weight {
            model.setValues(of: parameter.name, to: numbers.list(parameter.count, offset: 0.5).map(Float.init))
        }
        let before = model.stateTensors()
        let correlation = GradientCorrelation(network, points: 40, range: -1...3, team: Team(threads: 2))
        let curve = correlation.measure(model)
        #expect(correlation.measure(model) == curve)
        #expect(model.stateTensors() == before)
        let parameters = NetworkReference(model).parameters
        // The grid's own pass in double precision, with the map of each normalization written down.
        var maps: [Int: (factor: [Double], summand: [Double])] = [:]
        func run(_ points: [Double]) throws -> [Double] {
            var value = Maps(images: 40, shape: input, values: points)
            for (index, node) in network.nodes.enumerated() {
                let own = Array(parameters[node.parameters])
                if let map = maps[index] {
                    let channels = value.shape.channels
                    for place in value.values.indices {
                        value.values[place] =
                            map.factor[place % channels] * value.values[place] + map.summand[place % channels]
                    }
                    continue
                }
                let output = try #require(Reference.of(node.layer)).forward([value], own)
                if node.layer is BatchNormalization {
                    // The map through two of the points, channel by channel.
                    let channels = value.shape.channels
                    let factor = (0..<channels).map {
                        (output.values[channels + $0] - output.values[$0])
                            / (value.values[channels + $0] - value.values[$0])
                    }
                    maps[index] = (factor, (0..<channels).map { output.values[$0] - factor[$0] * value.values[$0] })
                }
                value = output
            }
            return stride(from: 0, to: value.values.count, by: 2).map { value.values[$0] }
        }
        let points = correlation.inputs.map(Double.init)
        let values = try run(points)
        #expect(maps.count == (isDeep ? 2 : 1))
        // Where one input value goes up by a sign, the grid does so too.
        let (first, second) = (points[..<input.count], points[input.count..<2 * input.count])
        let direction = zip(first, second).map { $1 > $0 ? 1.0 : -1 }
        #expect(input.count == 1 || Set(direction).count == 2)
        func moved(_ change: Double) -> [Double] {
            points.indices.map { points[$0] + change * direction[$0 % input.count] }
        }
        let (up, down) = (try run(moved(1e-5)), try run(moved(-1e-5)))
        #expect(GradientCheck.objection("values", curve.values.map(Float.init), values) == [])
        let slopes = zip(up, down).map { ($0 - $1) / 2e-5 }
        #expect(GradientCheck.objection("slopes", curve.slopes.map(Float.init), slopes) == [])
        #expect(slopes.contains { abs($0) > 0.1 })
    }

    @Test("falls with the depth of a plain network of rectifiers (Balduzzi et al. 2017)")
    func depth() throws {
        /// The mean over five seeds of the correlation five places on.
        func correlation(_ depth: Int) throws -> Double {
            var nodes: [Node] = []
            for layer in 1...depth {
                var product = Dense(units: 100)
                // The kinks of the first layer are spread over the grid by its biases.
                product.options.biasInitializer = Gaussian(deviation: layer == 1 ? 1 : 0)
                product.options.weightInitializer = He()
                nodes.append(Node(name: "hidden\(layer)", layer: product))
                nodes.append(Node(name: "relu\(layer)", layer: Rectifier()))
            }
            let network = try network(nodes)
            let correlation = GradientCorrelation(network, team: Team(threads: 1))
            return (1...5).reduce(0) { sum, seed in
                let curve = correlation.measure(Model(network, seed: UInt64(seed)))
                return sum + Autocorrelation.cosines(curve.slopes, lags: 5)[5] / 5
            }
        }
        let (shallow, deep) = (try correlation(1), try correlation(24))
        #expect(shallow > 0.9 && deep < shallow - 0.2, "\(shallow) and \(deep)")
    }
}

@Suite("Autocorrelation")
struct AutocorrelationTests {
    @Test("of white noise is none, of waves is theirs")
    func sequences() {
        var numbers = Numbers(seed: 12)
        let noise = numbers.list(4_096)
        for lags in [Autocorrelation.cosines(noise, lags: 10), Autocorrelation.aroundMean(noise, lags: 10)] {
            #expect(lags[0] == 1 && lags.count == 11)
            // Three standard deviations of 1/√n.
            #expect(lags[1...].allSatisfy { abs($0) < 0.047 })
        }
        let alternating = (0..<100).map { $0 % 2 == 0 ? 1.0 : -1 }
        #expect(Autocorrelation.cosines(alternating, lags: 3) == [1, -1, 1, -1])
        for (found, expected) in zip(Autocorrelation.aroundMean(alternating, lags: 2), [1, -0.99, 0.98]) {
            #expect(abs(found - expected) < 1e-12)
        }
        // A large mean is a correlation, and not around the mean.
        let shifted = noise.map { $0 + 100 }
        #expect(Autocorrelation.cosines(shifted, lags: 1)[1] > 0.999)
        #expect(abs(Autocorrelation.aroundMean(shifted, lags: 1)[1]) < 0.047)
        #expect(Autocorrelation.cosines([0, 0, 0], lags: 1).allSatisfy { $0.isNaN })
        #expect(Autocorrelation.aroundMean([2, 2, 2], lags: 1).allSatisfy { $0.isNaN })
    }
}
