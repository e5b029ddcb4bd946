import Kernels

/// The three products of one shape, ready to be run: its tensors hold random numbers.
struct ProductKernels {
    /// Which of the three products.
    enum Pass: String, CaseIterable {
        /// The output from input and weights.
        case forward = "forward"
        /// The gradient by the input.
        case dataGradient = "data gradient"
        /// The gradient by the weights.
        case weightGradient = "weight gradient"
    }

    private let shape: ProductShape
    private let storages: [Storage]
    private let input: Matrix
    private let weight: Matrix
    private let output: Matrix
    private let scratch: Vector

    /// The tensors of a shape.
    init(_ shape: ProductShape) {
        self.shape = shape
        let geometry = shape.geometry
        func tensor(_ rows: Int, _ columns: Int, _ name: String) -> (Storage, Matrix) {
            let storage = Storage(count: rows * columns)
            RandomStream(seed: 1, "benchmark/\(name)").fill(storage.vector(count: rows * columns), deviation: 0.1)
            return (storage, storage.matrix(rows: rows, columns: columns))
        }
        let input = tensor(geometry.inputPositions, geometry.channels, "input")
        let weight = tensor(geometry.filterSize, geometry.outputChannels, "weight")
        let output = tensor(geometry.outputPositions, geometry.outputChannels, "output")
        let needed = Self.scratch(shape)
        let scratch = Storage(count: needed)
        (self.input, self.weight, self.output) = (input.1, weight.1, output.1)
        self.scratch = scratch.vector(count: needed)
        storages = [input.0, weight.0, output.0, scratch]
    }

    /// The most scratch that a pass needs.
    private static func scratch(_ shape: ProductShape) -> Int {
        let geometry = shape.geometry
        if shape.isDense {
            return max(
                MatrixProduct.dataGradientScratch(inputs: geometry.channels, outputs: geometry.outputChannels),
                MatrixProduct.weightGradientScratch(
                    rows: geometry.images, inputs: geometry.channels, outputs: geometry.outputChannels))
        }
        return max(
            Convolution.forwardScratch(geometry), Convolution.dataGradientScratch(geometry),
            Convolution.weightGradientScratch(geometry))
    }

    /// Runs a pass once. Each writes over one of the tensors, which stay of a size that nothing overflows: only a measured
    /// pass is repeated, on the other two.
    func run(_ pass: Pass, team: Team) {
        let geometry = shape.geometry
        switch (pass, shape.isDense) {
        case (.forward, true): MatrixProduct.forward(input, weight, bias: nil, into: output, team: team)
        case (.dataGradient, true):
            MatrixProduct.dataGradient(output, weight, into: input, scratch: scratch, team: team)
        case (.weightGradient, true):
            MatrixProduct.weightGradient(input, output, into: weight, scratch: scratch, team: team)
        case (.forward, false):
            Convolution.forward(geometry, input, weight, bias: nil, into: output, scratch: scratch, team: team)
        case (.dataGradient, false):
            Convolution.dataGradient(geometry, output, weight, into: input, scratch: scratch, team: team)
        case (.weightGradient, false):
            Convolution.weightGradient(geometry, input, output, into: weight, scratch: scratch, team: team)
        }
        withExtendedLifetime(storages) {}
    }
}
