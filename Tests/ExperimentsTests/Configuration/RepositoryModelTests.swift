import Declarations
import Engine
import Testing

@testable import Experiments
@testable import Running

/// The models of this repository: every one builds, and those of publications have the published numbers.
@Suite struct RepositoryModelTests {
    private static let grey = Shape(height: 28, width: 28, channels: 1)
    private static let color = Shape(height: 32, width: 32, channels: 3)

    private func network(_ name: String, _ input: Shape? = nil, set overrides: [String] = []) throws -> Network {
        let configuration = try Repository.library.configuration(
            ofModel: name, overrides: overrides.map { try Override($0) })
        let model = configuration.model
        return try configuration.network(
            input: try #require(input ?? model.inputShape), classes: model.classes)
    }

    private static let filled = [
        "normalization=batch-norm", "activation=sigmoid", "local-response=lrn", "dropout={ dropout: 0.4 }",
    ]

    /// The four slots change what they are named after, and nothing else: products and their names stay.
    @Test(arguments: Repository.library.modelNames)
    func everyModelBuildsWithItsSlotsEmptyAndFilled(_ name: String) throws {
        func products(_ network: Network) -> [String] {
            network.nodes.filter { $0.layer.traits.role == .linear }.map { "\($0.name) \($0.shape)" }
        }
        let plain = try network(name, set: ["activation=none"])
        #expect(plain.nodes.allSatisfy { !$0.name.hasSuffix("/activate") })
        #expect(try products(network(name, set: Self.filled)) == products(plain))
    }

    /// Global pooling, and poolings that fit: one model for both shapes of images, at any width.
    @Test(arguments: ["inception-small", "alexnet-small", "vgg-small"], [0.125, 0.5, 1, 1.3])
    func smallModelsServeBothShapes(_ name: String, _ width: Double) throws {
        let networks = try [Self.grey, Self.color].map { try network(name, $0, set: Self.filled + ["width=\(width)"]) }
        #expect(networks.map(\.classes) == [10, 10])
        #expect(networks[0].nodes.map(\.name) == networks[1].nodes.map(\.name))
    }

    /// The numbers of the table in docs/adding-a-model.md.
    @Test(arguments: [
        ("inception-small", 128_318), ("alexnet-small", 589_498), ("vgg-small", 678_506), ("cifar10-quick", 145_578),
        ("cifar10-full", 89_578), ("googlenet", 6_998_552), ("vgg-plain", 1_186_378),
    ])
    func parameters(_ name: String, _ count: Int) throws {
        #expect(try network(name).parameterCount == count)
    }

    @Test func eachSmallModelHasItsSlotsWhereThePaperHasTheLayer() throws {
        func places(_ name: String, _ slot: Slot) throws -> [String] {
            try network(name, set: Self.filled).nodes.map(\.name).filter { $0.hasSuffix("/\(slot.rawValue)") }
        }
        // Krizhevsky et al. 2012, §3.5: behind the first and the second convolution; §4.2: the first two dense layers.
        #expect(try places("alexnet-small", .respond) == ["conv1/respond", "conv2/respond"])
        #expect(try places("alexnet-small", .drop) == ["fc6/drop", "fc7/drop"])
        #expect(try places("vgg-small", .respond) == ["conv1_1/respond"])
        #expect(try places("vgg-small", .drop) == ["fc6/drop", "fc7/drop"])
        #expect(try places("googlenet", .respond) == ["pool1/respond", "conv2/respond"])
        #expect(try places("inception-small", .respond) == ["conv1/respond"])
        for name in ["inception-small", "bn-inception", "googlenet"] {
            #expect(try places(name, .drop).count == 1)
        }
    }

    /// Its size decides how long the experiments take.
    @Test func inceptionSmallCosts() throws {
        #expect((5_000_000...8_000_000).contains(try network("inception-small").multiplyAdds))
        #expect((1_500_000...2_000_000).contains(try network("inception-small", set: ["width=0.5"]).multiplyAdds))
    }

    // MARK: Published networks

    /// Ioffe & Szegedy 2015, Figure 5, with 96 for the pool projections of 4c and 4d: 1×1, 3×3 after its reduction, double 3×3
    /// after its reduction, pool projection; 0 for none; and what the module gives.
    private static let figure5: [(name: String, widths: [Int], output: Shape)] = [
        ("3a", [64, 64, 64, 64, 96, 32], .init(height: 28, width: 28, channels: 256)),
        ("3b", [64, 64, 96, 64, 96, 64], .init(height: 28, width: 28, channels: 320)),
        ("3c", [0, 128, 160, 64, 96, 0], .init(height: 14, width: 14, channels: 576)),
        ("4a", [224, 64, 96, 96, 128, 128], .init(height: 14, width: 14, channels: 576)),
        ("4b", [192, 96, 128, 96, 128, 128], .init(height: 14, width: 14, channels: 576)),
        ("4c", [160, 128, 160, 128, 160, 96], .init(height: 14, width: 14, channels: 576)),
        ("4d", [96, 128, 192, 160, 192, 96], .init(height: 14, width: 14, channels: 576)),
        ("4e", [0, 128, 192, 192, 256, 0], .init(height: 7, width: 7, channels: 1024)),
        ("5a", [352, 192, 320, 160, 224, 128], .init(height: 7, width: 7, channels: 1024)),
        ("5b", [352, 192, 320, 192, 224, 128], .init(height: 7, width: 7, channels: 1024)),
    ]

    @Test func bnInceptionIsFigure5() throws {
        let network = try network("bn-inception", set: ["normalization=batch-norm"])
        #expect(network.classes == 1000)
        // The stem, and then weights and the two values of batch normalization of every convolution, by the table alone.
        func convolution(_ inputs: Int, _ outputs: Int, _ kernel: Int) -> Int {
            outputs == 0 ? 0 : inputs * outputs * kernel * kernel + 2 * outputs
        }
        var count = convolution(3, 64, 7) + convolution(64, 64, 1) + convolution(64, 192, 3)
        var inputs = 192
        for (name, widths, output) in Self.figure5 {
            let node = try #require(network.nodes.first { $0.name == "mixed\(name)" })
            #expect(node.shape == output, "\(name)")
            let branches = [
                ("1x1/conv", widths[0]), ("3x3/reduce", widths[1]), ("3x3/conv", widths[2]),
                ("double3x3/reduce", widths[3]), ("double3x3/conv1", widths[4]), ("double3x3/conv2", widths[4]),
                ("pool/project", widths[5]),
            ]
            for (branch, width) in branches {
                let channels = network.nodes.first { $0.name == "mixed\(name)/\(branch)" }?.shape.channels ?? 0
                #expect(channels == width, "\(name)/\(branch)")
            }
            count += convolution(inputs, widths[0], 1) + convolution(inputs, widths[1], 1)
            count += convolution(widths[1], widths[2], 3) + convolution(inputs, widths[3], 1)
            count += convolution(widths[3], widths[4], 3) + convolution(widths[4], widths[4], 3)
            count += convolution(inputs, widths[5], 1)
            inputs = output.channels
        }
        count += inputs * 1000 + 1000
        // 11.19 million; the paper states 13.6.
        #expect(count == 11_194_984)
        #expect(network.parameterCount == count)
        // The last module takes maxima; those before it means, but for 3c and 4e, which pass their input on.
        let poolings = network.nodes.filter { $0.name.hasSuffix("/pool/pool") }
        #expect(
            poolings.filter { $0.layer is MaxPooling }.map(\.name)
                == ["mixed3c/pool/pool", "mixed4e/pool/pool", "mixed5b/pool/pool"])
        #expect(poolings.count == 10)
    }

    /// Szegedy et al. 2015, Table 1: what each module gives. Caffe's network without its auxiliary classifiers has 6,998,552
    /// parameters.
    @Test func googLeNetIsTable1() throws {
        let network = try network("googlenet")
        let modules = [
            ("3a", 28, 256), ("3b", 28, 480), ("4a", 14, 512), ("4b", 14, 512), ("4c", 14, 512), ("4d", 14, 528),
            ("4e", 14, 832), ("5a", 7, 832), ("5b", 7, 1024),
        ]
        for (name, extent, channels) in modules {
            let node = try #require(network.nodes.first { $0.name == "inception\(name)" })
            #expect(node.shape == Shape(height: extent, width: extent, channels: channels), "\(name)")
        }
        #expect(network.parameterCount == 6_998_552)
        #expect(network.classes == 1000)
    }

    /// By the shapes of Caffe's prototxts. Batch normalization takes the biases of conv2 and conv3 and adds two values for
    /// each of 32 + 32 + 64 channels.
    @Test(arguments: [
        ("cifar10-quick", [], 145_578), ("cifar10-full", [], 89_578), ("cifar10-full", ["local-response=lrn"], 89_578),
        (
            "cifar10-full", ["activation=sigmoid", "normalization=batch-norm"],
            2432 + 25_632 + 51_264 + 10_250 - 32 - 64 + 2 * 128
        ),
    ])
    func caffesCounts(_ name: String, _ overrides: [String], _ count: Int) throws {
        #expect(try network(name, set: overrides).parameterCount == count)
    }

    /// Caffe's examples/cifar10/cifar10_full_train_test.prototxt, layer by layer: extents by its rounding, multipliers,
    /// deviations; 12.30 million multiply-adds.
    @Test func cifar10FullIsCaffes() throws {
        let network = try network(
            "cifar10-full", set: ["local-response={ lrn: { mode: within-channel, size: 3, alpha: 5e-5 } }"])
        #expect(
            network.nodes.map { "\(type(of: $0.layer).kind) \($0.shape)" } == [
                "convolution 32×32×32", "max-pool 16×16×32", "relu 16×16×32", "lrn 16×16×32",
                "convolution 16×16×32", "relu 16×16×32", "average-pool 8×8×32", "lrn 8×8×32",
                "convolution 8×8×64", "relu 8×8×64", "average-pool 4×4×64", "dense 10",
            ])
        #expect(network.multiplyAdds == 12_298_240)
        #expect(network.parameters.map(\.rateMultiplier) == [1, 2, 1, 2, 1, 1, 1, 2])
        #expect(network.parameters.map(\.decayMultiplier) == [1, 1, 1, 1, 1, 1, 250, 0])
        #expect(deviations(network) == [0.0001, 0.01, 0.01, 0.01])
    }

    /// Caffe's examples/cifar10/cifar10_quick_train_test.prototxt.
    @Test func cifar10QuickIsCaffes() throws {
        let network = try network("cifar10-quick")
        #expect(
            network.nodes.map { type(of: $0.layer).kind } == [
                "convolution", "max-pool", "relu", "convolution", "relu", "average-pool", "convolution", "relu",
                "average-pool", "dense", "dense",
            ])
        #expect(network.parameters.map(\.rateMultiplier) == [1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
        #expect(network.parameters.map(\.decayMultiplier).allSatisfy { $0 == 1 })
        #expect(deviations(network) == [0.0001, 0.01, 0.01, 0.1, 0.1])
    }

    private func deviations(_ network: Network) -> [Double?] {
        network.parameters.filter { $0.kind == .weight }.map { ($0.declaration.initializer as? Gaussian)?.deviation }
    }
}
