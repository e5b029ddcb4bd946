import Foundation
import Kernels
import Testing

@Suite("Softmax cross-entropy")
struct SoftmaxCrossEntropyTests {
    @Test("probabilities, loss and gradient agree with Double", arguments: [(1, 2), (7, 10), (60, 10), (3, 100)])
    func agreement(rows: Int, classes: Int) {
        let logits = TestMatrix(rows: rows, columns: classes, gap: 3, seed: 1)
        Pointwise.scale(logits.view, by: 9, into: logits.view, team: teams[0])
        let labels = (0..<rows).map { Int32(($0 * 7) % classes) }
        let probabilities = TestMatrix(rows: rows, columns: classes, gap: 1)
        let gradient = TestMatrix(rows: rows, columns: classes, gap: 2)
        let (loss, correct) = SoftmaxCrossEntropy.forward(
            logits.view, labels: labels, probabilities: probabilities.view)
        SoftmaxCrossEntropy.gradient(
            probabilities.view, labels: labels, scale: 1 / Float(rows), into: gradient.view)

        let z = logits.doubles
        let p = z.map { row in
            let sum = row.reduce(0) { $0 + exp($1) }
            return row.map { exp($0) / sum }
        }
        expectClose(probabilities, p, tolerance: 3e-7)
        let expectedLoss = (0..<rows).reduce(0) { $0 - log(p[$1][Int(labels[$1])]) }
        #expect(abs(loss - expectedLoss) <= 1e-6 * max(expectedLoss, 1))
        let expectedCorrect = (0..<rows).count { row in z[row].firstIndex(of: z[row].max() ?? 0) == Int(labels[row]) }
        #expect(correct == expectedCorrect)
        let expected = (0..<rows).map { row in
            (0..<classes).map { (p[row][$0] - ($0 == Int(labels[row]) ? 1 : 0)) / Double(rows) }
        }
        expectClose(gradient, expected, tolerance: 3e-7)
    }

    @Test("large logits neither overflow nor lose the loss")
    func extremes() {
        let logits = TestMatrix([[1000, 0, -1000], [1000, 0, -1000]])
        let probabilities = TestMatrix(rows: 2, columns: 3)
        let (loss, correct) = SoftmaxCrossEntropy.forward(
            logits.view, labels: [0, 2], probabilities: probabilities.view)
        #expect(loss == 2000)
        #expect(correct == 1)
        #expect(probabilities.view.elements == [1, 0, 0, 1, 0, 0])
    }

    @Test("of equal logits the first is the prediction")
    func ties() {
        let logits = TestMatrix([[0, 0], [0, 0]])
        let probabilities = TestMatrix(rows: 2, columns: 2)
        let (loss, correct) = SoftmaxCrossEntropy.forward(
            logits.view, labels: [0, 1], probabilities: probabilities.view)
        #expect(correct == 1)
        #expect(abs(loss - 2 * log(2)) < 1e-6)
    }

    @Test("a row with a NaN is wrong, and its loss NaN", arguments: [0, 1, 2])
    func notANumber(place: Int) {
        let logits = TestMatrix([[3, 2, 1]])
        logits.view[0, place] = .nan
        for label in 0..<3 {
            let probabilities = TestMatrix(rows: 1, columns: 3)
            let (loss, correct) = SoftmaxCrossEntropy.forward(
                logits.view, labels: [Int32(label)], probabilities: probabilities.view)
            #expect(loss.isNaN && correct == 0)
        }
    }

    @Test("logits, probabilities and gradient may share their memory")
    func inPlace() {
        let logits = TestMatrix(rows: 5, columns: 10, seed: 2)
        let labels: [Int32] = [1, 2, 3, 4, 5]
        let apart = TestMatrix(rows: 5, columns: 10)
        _ = SoftmaxCrossEntropy.forward(logits.view, labels: labels, probabilities: apart.view)
        SoftmaxCrossEntropy.gradient(apart.view, labels: labels, scale: 0.2, into: apart.view)
        _ = SoftmaxCrossEntropy.forward(logits.view, labels: labels, probabilities: logits.view)
        SoftmaxCrossEntropy.gradient(logits.view, labels: labels, scale: 0.2, into: logits.view)
        #expect(logits.bits == apart.bits)
    }
}
