/// The three products of a dense layer: y = x·W + b and its two gradients.
///
/// Inputs are [batch × inputs], weights [inputs × outputs], outputs [batch × outputs].
/// `forward` and `dataGradient` compute every element as one chain of fused multiply-adds in the order of the reduction;
/// `weightGradient` as one chain for every `rowsPerPart` samples, the chains added in order in Double.
/// Complexity of each: batch · inputs · outputs multiply-adds.
public enum MatrixProduct {
    /// The number of samples in one chain of `weightGradient`.
    static let rowsPerPart = 256

    /// output = input · weight + bias. The bias starts each chain.
    public static func forward(
        _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix, team: Team
    ) {
        precondition(input.columns == weight.rows, "\(input.columns) inputs, \(weight.rows) rows of weights")
        precondition(output.rows == input.rows && output.columns == weight.columns, "the output does not fit")
        precondition(bias.map { $0.count == weight.columns } ?? true, "one bias for each output")
        Product(
            a: input.base, rows: Walk(input.rows, step: input.stride), reduction: Walk(input.columns, step: 1),
            b: weight.base, bSteps: (0, 0, weight.stride), columns: weight.columns,
            c: output.base, targets: Walk(output.rows, step: output.stride), start: bias?.base
        ).compute(team: team)
    }

    /// The scratch floats that `dataGradient` needs: the transposed weights.
    public static func dataGradientScratch(inputs: Int, outputs: Int) -> Int {
        inputs * outputs + Storage.slack
    }

    /// inputGradient = outputGradient · weightᵀ. Overwrites.
    public static func dataGradient(
        _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix, scratch: Vector, team: Team
    ) {
        precondition(outputGradient.columns == weight.columns, "the output gradient does not fit the weights")
        precondition(inputGradient.columns == weight.rows, "the input gradient does not fit the weights")
        precondition(inputGradient.rows == outputGradient.rows, "the gradients differ in rows")
        let transposed = scratch.range(0..<weight.count).matrix(rows: weight.columns, columns: weight.rows)
        Transposition.transpose(weight, into: transposed, team: team)
        forward(outputGradient, transposed, bias: nil, into: inputGradient, team: team)
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
        let sums = PartialSums(parts: parts(rows: input.rows), into: weightGradient, scratch: scratch)
        sums.compute(team: team) { part, target in
            let first = part * rowsPerPart
            let count = max(0, min(rowsPerPart, input.rows - first))
            return Product(
                a: input.base + first * input.stride, rows: Walk(input.columns, step: 1),
                reduction: Walk(count, step: input.stride),
                b: outputGradient.base + first * outputGradient.stride, bSteps: (0, 0, outputGradient.stride),
                columns: outputGradient.columns, c: target.base, targets: Walk(target.rows, step: target.stride),
                start: nil)
        }
    }

    private static func parts(rows: Int) -> Int {
        max(1, (rows + rowsPerPart - 1) / rowsPerPart)
    }
}
