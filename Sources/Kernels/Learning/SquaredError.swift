/// The loss of a regression: half the squared distance to the targets.
public enum SquaredError {
    /// Σ ½‖outputᵢ − targetᵢ‖² over the rows and the number of rows whose largest output is in the place of the largest
    /// target, of equals the first. The gradient, where it is wanted, is that of the mean over the rows.
    ///
    /// Differences are formed in single precision and summed in double, row after row. Complexity: the number of elements.
    ///
    /// - Parameters:
    ///   - targets: [rows × values], as `output`.
    ///   - gradient: Is given (output − target) / rows.
    public static func evaluate(
        _ output: Matrix, targets: Matrix, gradient: Matrix?
    ) -> (loss: Double, correct: Int) {
        output.requireSameShape(targets)
        gradient.map(output.requireSameShape)
        let scale = 1 / Float(output.rows)
        var loss = 0.0
        var correct = 0
        for row in 0..<output.rows {
            let (values, wanted) = (output.base + row * output.stride, targets.base + row * targets.stride)
            var (best, bestWanted) = (0, 0)
            for column in 0..<output.columns {
                let difference = values[column] - wanted[column]
                loss += 0.5 * Double(difference) * Double(difference)
                if let gradient { gradient.base[row * gradient.stride + column] = scale * difference }
                if values[column] > values[best] { best = column }
                if wanted[column] > wanted[bestWanted] { bestWanted = column }
            }
            if best == bestWanted { correct += 1 }
        }
        return (loss, correct)
    }
}
