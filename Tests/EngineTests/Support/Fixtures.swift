@testable import Engine
import Kernels

/// The networks and the data of the tests.
enum Fixtures {
    /// The paper's network for MNIST (§4.1): 784-100-100-100-10 with sigmoids, with or without batch normalization.
    static func perceptron(
        batchNorm: Bool, input: Shape = Shape(height: 28, width: 28, channels: 1), units: Int = 100,
        initializer: any Initializer = Gaussian(deviation: 0.1)
    ) throws -> Network {
        var nodes: [Node] = []
        for layer in 1...3 {
            nodes.append(Node(name: "hidden\(layer)", layer: Dense(units: units)))
            if batchNorm { nodes.append(Node(name: "norm\(layer)", layer: BatchNormalization())) }
            nodes.append(Node(name: "sigmoid\(layer)", layer: Sigmoid()))
        }
        nodes.append(Node(name: "scores", layer: Dense(units: 10)))
        return try Network(input: input, nodes: nodes, initializer: initializer)
    }

    /// Caffe's LeNet, with or without batch normalization and local response normalization after its convolutions.
    static func leNet(
        batchNorm: Bool = false, response: Bool = false, dropout: Bool = false, widths: [Int] = [20, 50, 500]
    ) throws -> Network {
        var nodes: [Node] = []
        for layer in 1...2 {
            nodes.append(Node(name: "conv\(layer)", layer: Engine.Convolution(channels: widths[layer - 1], kernel: 5)))
            if batchNorm { nodes.append(Node(name: "norm\(layer)", layer: BatchNormalization())) }
            if response { nodes.append(Node(name: "respond\(layer)", layer: LocalResponseNormalization(.alexNet))) }
            nodes.append(Node(name: "pool\(layer)", layer: MaxPooling(kernel: 2)))
        }
        nodes.append(Node(name: "ip1", layer: Dense(units: widths[2])))
        if batchNorm { nodes.append(Node(name: "norm3", layer: BatchNormalization())) }
        nodes.append(Node(name: "relu1", layer: Rectifier()))
        if dropout { nodes.append(Node(name: "drop1", layer: Dropout(ratio: 0.5))) }
        nodes.append(Node(name: "ip2", layer: Dense(units: 10)))
        return try Network(
            input: Shape(height: 28, width: 28, channels: 1), nodes: nodes, initializer: Xavier())
    }

    /// Two joins, one in the other, with branches of one value: what a memory plan can get wrong.
    static func inception() throws -> Network {
        try Network(
            input: Shape(height: 6, width: 6, channels: 3),
            nodes: [
                Node(name: "stem", layer: Engine.Convolution(channels: 5, kernel: 3, pad: 1)),
                Node(name: "stem-norm", layer: BatchNormalization()),
                Node(name: "stem-relu", layer: Rectifier()),
                Node(name: "mixed/1x1/conv", layer: Engine.Convolution(channels: 4, kernel: 1), inputs: ["stem-relu"]),
                Node(name: "mixed/1x1/norm", layer: BatchNormalization()),
                Node(
                    name: "mixed/3x3/conv", layer: Engine.Convolution(channels: 6, kernel: 3, pad: 1),
                    inputs: ["stem-relu"]),
                Node(name: "mixed/3x3/sigmoid", layer: Sigmoid()),
                Node(
                    name: "mixed/pool", layer: AveragePooling(kernel: 3, stride: 1, pad: 1, rounding: .floor),
                    inputs: ["stem-relu"]),
                Node(name: "inner", layer: Concatenation(), inputs: ["mixed/1x1/norm", "mixed/3x3/sigmoid"]),
                // The stem's output is joined twice and read by three others; the inner join is read twice.
                Node(name: "outer", layer: Concatenation(), inputs: ["inner", "stem-relu", "mixed/pool", "stem-relu"]),
                Node(name: "tail", layer: HyperbolicTangent(), inputs: ["inner"]),
                Node(name: "join", layer: Concatenation(), inputs: ["outer", "tail"]),
                Node(name: "pool", layer: MaxPooling(kernel: 2)),
                Node(name: "scores", layer: Dense(units: 3)),
            ], initializer: Glorot())
    }

    /// Every normalization beside batch normalization, on maps and vectors, with and without a nonlinearity behind it. A batch
    /// of eight makes ghost batches of three, three and two, and batch renormalization corrects from the third step on.
    static func normalizers() throws -> Network {
        func block(_ number: Int, _ product: any Layer, _ normalization: any Layer, _ function: (any Layer)?) -> [Node]
        {
            [
                Node(name: "product\(number)", layer: product), Node(name: "norm\(number)", layer: normalization),
            ] + (function.map { [Node(name: "function\(number)", layer: $0)] } ?? [])
        }
        let renormalization = BatchRenormalization(warmup: 1, rSteps: 3, dSteps: 3, fraction: 0.5)
        return try Network(
            input: Shape(height: 6, width: 5, channels: 3),
            nodes: block(
                1, Engine.Convolution(channels: 8, kernel: 3, pad: 1), GroupNormalization(groups: 4), Rectifier())
                + block(2, Engine.Convolution(channels: 6, kernel: 3), LayerNormalization(), Sigmoid())
                + block(3, Engine.Convolution(channels: 19, kernel: 1), InstanceNormalization(), HyperbolicTangent())
                + block(4, Engine.Convolution(channels: 7, kernel: 3), GhostBatchNormalization(ghost: 3), nil)
                + block(5, Dense(units: 9), renormalization, Sigmoid())
                + block(6, Dense(units: 8), LpBatchNormalization(p: .one), Rectifier())
                + block(7, Dense(units: 8), LpBatchNormalization(p: .infinity, of: .deviations), nil)
                + block(8, Dense(units: 8), LpBatchNormalization(p: .two), HyperbolicTangent())
                + block(9, Dense(units: 8), LayerNormalization(), nil)
                + [Node(name: "scores", layer: Dense(units: 4))], initializer: Glorot())
    }

    /// A batch of random images and labels that depend on nothing but the step.
    static func fill(_ network: Network, step: Int) -> (Matrix, inout [Int32]) -> Void {
        { matrix, labels in
            var numbers = Numbers(seed: UInt64(1_000 + step))
            for row in 0..<matrix.rows {
                for column in 0..<matrix.columns { matrix[row, column] = Float(numbers.symmetric()) }
            }
            for index in labels.indices { labels[index] = numbers.label(below: network.classes) }
        }
    }

    /// A trainer with momentum and decay.
    static func trainer(
        _ model: Model, batch: Int = 8, rate: Double = 0.05, threads: Int = 1, poisoned: Bool = false,
        fuses: Bool = true, team: Team? = nil
    ) -> Trainer {
        Trainer(
            model: model, batch: batch,
            optimizer: StochasticGradientDescent(rate: rate, momentum: 0.9, decay: 0.0005),
            policy: InverseRate(factor: 1e-2, power: 0.75), steps: 100, seed: 7, team: team ?? Team(threads: threads),
            poisonsReleasedMemory: poisoned, fuses: fuses)
    }

    /// A model after `steps` steps, and what each of them returned.
    static func train(
        _ network: Network, steps: Int, batch: Int = 8, threads: Int = 1, poisoned: Bool = false,
        fuses: Bool = true
    ) -> (model: Model, results: [StepResult]) {
        let model = Model(network, seed: 3)
        let trainer = trainer(model, batch: batch, threads: threads, poisoned: poisoned, fuses: fuses)
        return (model, (0..<steps).map { trainer.step($0, fill: fill(network, step: $0)) })
    }
}

/// A whole network in double precision: the layers' references one after the other, and the head.
struct NetworkReference {
    let network: Network
    /// The parameters, in the network's order.
    var parameters: [[Double]]

    init(_ model: Model) {
        network = model.network
        parameters = network.parameters.map { (model.values(of: $0.name) ?? []).map(Double.init) }
    }

    /// The last node's output.
    func scores(_ input: Maps) -> Maps? {
        var values = [input]
        for node in network.nodes {
            guard let reference = Reference.of(node.layer) else { return nil }
            values.append(reference.forward(node.inputs.map { values[$0] }, Array(parameters[node.parameters])))
        }
        return values.last
    }

    /// The mean softmax cross-entropy.
    func loss(_ input: Maps, labels: [Int32]) -> Double {
        guard let scores = scores(input) else { return .nan }
        let classes = scores.shape.channels
        var loss = 0.0
        for (image, label) in labels.enumerated() {
            let row = scores.values[(image * classes)..<((image + 1) * classes)]
            let sum = row.reduce(0) { $0 + DoubleMath.exp($1) }
            loss += DoubleMath.log(sum) - row[row.startIndex + Int(label)]
        }
        return loss / Double(labels.count)
    }

    /// The derivative of the loss by one value of one parameter.
    func derivative(_ input: Maps, labels: [Int32], parameter: Int, index: Int) -> Double {
        func loss(_ change: Double) -> Double {
            var changed = self
            changed.parameters[parameter][index] += change
            return changed.loss(input, labels: labels)
        }
        let step = 1e-5
        return (loss(step) - loss(-step)) / (2 * step)
    }
}
