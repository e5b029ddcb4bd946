/// The three products of a dense layer: y = x·W + b and its two gradients.
///
/// Inputs are [batch × inputs], weights [inputs × outputs], outputs [batch × outputs].
/// `forward` and `dataGradient` compute every element as one chain of fused multiply-adds in the order of the reduction;
/// `weightGradient` as one chain for every `rowsPerPart` samples, the chains added in order in Double.
/// Complexity of each: batch · inputs · outputs multiply-adds.
public enum MatrixProduct {
    /// The number of samples in one chain of `weightGradient`.
    static let rowsPerPart = 256

    /// output = f(input · weight + bias). The bias starts each chain.
    ///
    /// - Parameter epilogue: f; it gathers no moments.
    public static func forward(
        _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix,
        epilogue: Epilogue = .none, team: Team
    ) {
        precondition(epilogue.moments == nil, "blocks of a matrix product are no blocks of moments")
        precondition(input.columns == weight.rows, "\(input.columns) inputs, \(weight.rows) rows of weights")
        precondition(output.rows == input.rows && output.columns == weight.columns, "the output does not fit")
        precondition(bias.map { $0.count == weight.columns } ?? true, "one bias for each output")
        var product = product(input, weight, into: output)
        if let bias { product.start = .row(bias.base) }
        product.compute(team: team) { rows, columns in
            epilogue.map(output, rows: rows, columns: columns)
        }
    }

    /// The scratch floats that `dataGradient` needs: the transposed weights.
    public static func dataGradientScratch(inputs: Int, outputs: Int) -> Int {
        panels(inputs) * panelSize(outputs: outputs) + Storage.slack
    }

    /// inputGradient = outputGradient · weightᵀ. Overwrites, or adds.
    ///
    /// Whoever computes a panel of columns transposes the weights for it, and they stay in its nearest caches.
    ///
    /// - Parameter adds: Whether the gradient is added to what `inputGradient` holds.
    public static func dataGradient(
        _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix, adds: Bool = false, scratch: Vector,
        team: Team
    ) {
        precondition(outputGradient.columns == weight.columns, "the output gradient does not fit the weights")
        precondition(inputGradient.columns == weight.rows, "the input gradient does not fit the weights")
        precondition(inputGradient.rows == outputGradient.rows, "the gradients differ in rows")
        let needed = dataGradientScratch(inputs: weight.rows, outputs: weight.columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        let (width, size) = (TileShape.columns, panelSize(outputs: weight.columns))
        let operations = inputGradient.count * weight.columns / Lane.width
        team.forEach(panels(weight.rows), operations: operations) { panel in
            let columns = panel * width..<min((panel + 1) * width, weight.rows)
            let transposed = Matrix(
                scratch.base + panel * size, rows: weight.columns, columns: columns.count, stride: width)
            Transposition.transpose(weight.rows(columns), into: transposed)
            var product = product(outputGradient, transposed, into: inputGradient.columns(columns))
            product.addsToTarget = adds
            product.compute()
        }
    }

    /// The panels of a number of columns.
    private static func panels(_ columns: Int) -> Int { (columns + TileShape.columns - 1) / TileShape.columns }
    /// The floats of a panel of transposed weights, whole cache lines.
    private static func panelSize(outputs: Int) -> Int { outputs * TileShape.columns }

    private static func product(_ a: Matrix, _ b: Matrix, into c: Matrix) -> Product {
        Product(
            a: a.base, aStep: a.stride, rows: a.rows,
            reduction: Product.Reduction(
                counts: (1, 1, a.columns), aSteps: (0, 0, 1), bSteps: (0, 0, b.stride)),
            b: b.base, columns: b.columns, c: c.base, cStep: c.stride)
    }

    /// The scratch floats that `weightGradient` needs: none up to 256 samples.
    public static func weightGradientScratch(rows: Int, inputs: Int, outputs: Int) -> Int {
        PartialSums.scratch(parts: parts(rows: rows), rows: inputs, columns: outputs)
    }

    /// weightGradient = inputᵀ · outputGradient. Overwrites.
    public static func weightGradient(
        _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix, scratch: Vector, team: Team
    ) {
        precondition(input.rows == outputGradient.rows, "input and output gradient differ in rows")
        precondition(
            weightGradient.rows == input.columns && weightGradient.columns == outputGradient.columns,
            "the weight gradient is inputs × outputs")
        @Sendable func product(_ first: Int, _ count: Int, into target: Matrix) -> Product {
            Product(
                a: input.base + first * input.stride, aStep: 1, rows: input.columns,
                reduction: Product.Reduction(
                    counts: (1, 1, count), aSteps: (0, 0, input.stride), bSteps: (0, 0, outputGradient.stride)),
                b: outputGradient.base + first * outputGradient.stride, columns: target.columns, c: target.base,
                cStep: target.stride)
        }
        let parts = parts(rows: input.rows)
        guard parts > 1 else {
            product(0, input.rows, into: weightGradient).compute(team: team) { _, _ in }
            return
        }
        let sums = PartialSums(parts: parts, into: weightGradient, scratch: scratch)
        sums.compute(team: team, operations: input.rows * weightGradient.count / Lane.width) { part, target, columns in
            let first = part * rowsPerPart
            product(first, min(rowsPerPart, input.rows - first), into: target)
                .part(rows: 0..<target.rows, columns: columns).compute()
        }
    }

    private static func parts(rows: Int) -> Int {
        max(1, (rows + rowsPerPart - 1) / rowsPerPart)
    }
}
