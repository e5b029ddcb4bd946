/// The softmax function with the cross-entropy of labels: what a classifier's last layer is trained by.
public enum SoftmaxCrossEntropy {
    /// The class probabilities of each row, the loss and the number of rows classified correctly.
    ///
    /// p[i, j] = e^(z[i, j] − max) / Σ e^(z[i, ·] − max), and the loss is Σ over rows of log Σ e^(z − max) − (z[label] − max):
    /// a sum, in Double, not yet divided by the batch. The class with the greatest logit is the prediction, the first of
    /// equals. A row with a NaN has a loss of NaN and is not correct.
    ///
    /// - Parameters:
    ///   - logits: [batch × classes].
    ///   - labels: The class of each row.
    ///   - probabilities: Is given the probabilities; may be `logits` itself.
    public static func forward(
        _ logits: Matrix, labels: [Int32], probabilities: Matrix
    ) -> (loss: Double, correct: Int) {
        precondition(labels.count >= logits.rows, "\(labels.count) labels for \(logits.rows) rows")
        precondition(logits.columns > 0, "no classes")
        logits.requireSameShape(probabilities)
        var loss = 0.0
        var correct = 0
        for row in 0..<logits.rows {
            let label = Int(labels[row])
            precondition(label >= 0 && label < logits.columns, "label \(label) of \(logits.columns) classes")
            let source = logits.base + row * logits.stride
            var best = 0
            var hasNaN = false
            for column in 0..<logits.columns {
                hasNaN = hasNaN || source[column].isNaN
                if source[column] > source[best] { best = column }
            }
            if best == label && !hasNaN { correct += 1 }
            let shifted = source[label] - source[best]
            let sum = exponentials(source, count: logits.columns, maximum: source[best], row, into: probabilities)
            loss += Double(Elementary.log(sum)) - Double(shifted)
        }
        return (loss, correct)
    }

    /// gradient[i, j] = (p[i, j] − (j is the label of row i ? 1 : 0)) · scale.
    ///
    /// - Parameters:
    ///   - scale: 1 / batch for a loss that is the batch's mean.
    ///   - gradient: Is given the gradient with respect to the logits; may be `probabilities` itself.
    public static func gradient(
        _ probabilities: Matrix, labels: [Int32], scale: Float, into gradient: Matrix
    ) {
        precondition(labels.count >= probabilities.rows, "\(labels.count) labels for \(probabilities.rows) rows")
        probabilities.requireSameShape(gradient)
        for row in 0..<probabilities.rows {
            let label = Int(labels[row])
            precondition(label >= 0 && label < probabilities.columns, "label \(label) is no class")
            let source = probabilities.base + row * probabilities.stride
            let target = gradient.base + row * gradient.stride
            let atLabel = (source[label] - 1) * scale
            for column in stride(from: 0, to: probabilities.columns, by: Lane.width) {
                target.store(source.lane(at: column) * scale, at: column, first: probabilities.columns - column)
            }
            target[label] = atLabel
        }
    }

    /// Writes a row's probabilities and returns the sum that they were divided by.
    private static func exponentials(
        _ source: UnsafeMutablePointer<Float>, count: Int, maximum: Float, _ row: Int, into probabilities: Matrix
    ) -> Float {
        let target = probabilities.base + row * probabilities.stride
        var sums = Lane()
        for column in stride(from: 0, to: count, by: Lane.width) {
            let values = Elementary.exp(source.lane(at: column) - maximum)
            target.store(values, at: column, first: count - column)
            for place in 0..<min(Lane.width, count - column) {
                sums[place] += values[place]
            }
        }
        var sum: Float = 0
        for place in 0..<Lane.width {
            sum += sums[place]
        }
        for column in stride(from: 0, to: count, by: Lane.width) {
            target.store(target.lane(at: column) / sum, at: column, first: count - column)
        }
        return sum
    }
}
