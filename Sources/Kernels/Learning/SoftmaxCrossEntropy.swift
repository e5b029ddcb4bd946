/// The softmax function with the cross-entropy of labels: what a classifier's last layer is trained by.
///
/// Rows are few and short: everything runs in place, and a row of up to sixteen classes is one lane.
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
        let row = Row(classes: logits.columns)
        var loss = 0.0
        var correct = 0
        for index in 0..<logits.rows {
            let label = Int(labels[index])
            precondition(label >= 0 && label < logits.columns, "label \(label) of \(logits.columns) classes")
            let source = logits.base + index * logits.stride
            // Read before it may be overwritten.
            let logit = source[label]
            let result = row.normalize(source, into: probabilities.base + index * probabilities.stride)
            if Int(result.prediction) == label { correct += 1 }
            loss += Double(Elementary.log(result.sum)) - Double(logit - result.maximum)
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
            precondition(label >= 0 && label < probabilities.columns, "label \(label) is not a class")
            let source = probabilities.base + row * probabilities.stride
            let target = gradient.base + row * gradient.stride
            let atLabel = (source[label] - 1) * scale
            for column in stride(from: 0, to: probabilities.columns, by: Lane.width) {
                target.store(source.lane(at: column) * scale, at: column, first: probabilities.columns - column)
            }
            target[label] = atLabel
        }
    }
}

// MARK: - Rows

/// The softmax function of one row.
private struct Row {
    private let classes: Int
    /// The first class of the last lane.
    private let tail: Int
    /// The places of the last lane that are not classes.
    private let isOutside: SIMDMask<SIMD16<Int32>>

    init(classes: Int) {
        self.classes = classes
        tail = (classes - 1) / Lane.width * Lane.width
        let count = SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: classes - tail))
        isOutside = Lane.places .>= count
    }

    /// The result of one row.
    struct Result {
        var maximum: Float
        /// Σ e^(z − maximum).
        var sum: Float
        /// The first class with the maximum; −1 if there is a NaN.
        var prediction: Int32
    }

    /// Writes a row's probabilities.
    ///
    /// Sums run over the lanes in order, place by place; then halves of the lane are added until one is left.
    @inline(__always)
    func normalize(_ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>) -> Result {
        tail == 0 ? normalizeLane(source, into: target) : normalizeLanes(source, into: target)
    }

    @inline(__always)
    private func normalizeLane(
        _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>
    ) -> Result {
        let logits = source.lane(at: 0).replacing(with: Lane(repeating: -.infinity), where: isOutside)
        let maximum = logits.greatest
        let powers = Elementary.exp(logits - maximum).replacing(with: Lane(), where: isOutside)
        let sum = powers.sum
        let prediction = places(of: Lane(repeating: maximum), in: logits, from: 0).least
        target.store(powers / sum, at: 0, first: classes)
        return Result(maximum: maximum, sum: sum, prediction: prediction)
    }

    @inline(never)
    private func normalizeLanes(
        _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>
    ) -> Result {
        let last = source.lane(at: tail).replacing(with: Lane(repeating: -.infinity), where: isOutside)
        var greatest = last
        for column in stride(from: 0, to: tail, by: Lane.width) {
            let logits = source.lane(at: column)
            greatest.replace(with: logits, where: logits .> greatest)
        }
        let maximum = Lane(repeating: greatest.greatest)
        var sums = Lane()
        var firsts = SIMD16<Int32>(repeating: Int32.max)
        for column in stride(from: 0, to: tail, by: Lane.width) {
            let logits = source.lane(at: column)
            let powers = Elementary.exp(logits - maximum)
            sums += powers
            let candidates = places(of: maximum, in: logits, from: column)
            firsts.replace(with: candidates, where: candidates .< firsts)
            target.store(powers, at: column)
        }
        let powers = Elementary.exp(last - maximum).replacing(with: Lane(), where: isOutside)
        sums += powers
        let candidates = places(of: maximum, in: last, from: tail)
        firsts.replace(with: candidates, where: candidates .< firsts)
        let sum = sums.sum
        for column in stride(from: 0, to: tail, by: Lane.width) {
            target.store(target.lane(at: column) / sum, at: column)
        }
        target.store(powers / sum, at: tail, first: classes - tail)
        return Result(maximum: maximum[0], sum: sum, prediction: firsts.least)
    }

    /// The classes with this logit, and −1 at NaN: the least of all is the prediction, or −1.
    @inline(__always)
    private func places(of logit: Lane, in logits: Lane, from first: Int) -> SIMD16<Int32> {
        let classes: SIMD16<Int32> = Lane.places &+ SIMD16(repeating: Int32(truncatingIfNeeded: first))
        return SIMD16<Int32>(repeating: Int32.max)
            .replacing(with: classes, where: logits .== logit)
            .replacing(with: SIMD16<Int32>(repeating: -1), where: logits .!= logits)
    }
}

// MARK: - Reductions of a lane, by halves

extension SIMD16 where Scalar == Float {
    /// The sum, in a fixed order.
    @inline(__always)
    fileprivate var sum: Float {
        let eight = lowHalf + highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }

    /// The greatest element, if none is a NaN.
    @inline(__always)
    fileprivate var greatest: Float {
        let eight = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
        let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
        let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
        return two[1] > two[0] ? two[1] : two[0]
    }
}

extension SIMD16<Int32> {
    @inline(__always)
    fileprivate var least: Int32 {
        let eight = lowHalf.replacing(with: highHalf, where: highHalf .< lowHalf)
        let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .< eight.lowHalf)
        let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .< four.lowHalf)
        return two[1] < two[0] ? two[1] : two[0]
    }
}

/// The loss of a regression: half the squared distance to the targets.
public enum SquaredError {
    /// Σ ½‖outputᵢ − targetᵢ‖² over the rows and the number of rows whose largest output is in the place of the largest
    /// target, of equals the first; a row with a NaN is not correct. The gradient, where it is wanted, is that of the mean over the
    /// rows.
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
            var (best, bestWanted, isNumber) = (0, 0, true)
            for column in 0..<output.columns {
                let difference = values[column] - wanted[column]
                loss += 0.5 * Double(difference) * Double(difference)
                if let gradient { gradient.base[row * gradient.stride + column] = scale * difference }
                if difference.isNaN { isNumber = false }
                if values[column] > values[best] { best = column }
                if wanted[column] > wanted[bestWanted] { bestWanted = column }
            }
            if isNumber && best == bestWanted { correct += 1 }
        }
        return (loss, correct)
    }
}
