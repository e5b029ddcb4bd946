import Foundation
import Kernels
import Testing

@Suite("Softmax cross-entropy")
struct SoftmaxCrossEntropyTests {
    @Test(
        "probabilities, loss and gradient agree with Double",
        arguments: [(1, 2), (7, 10), (60, 10), (4, 16), (5, 17), (6, 32), (3, 100)])
    func agreement(rows: Int, classes: Int) {
        let logits = TestMatrix(rows: rows, columns: classes, gap: 3, seed: 1)
        logits.scale(by: 9)
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

    /// Whatever lanes the classes are in, and whichever label is asked for.
    @Test("the first of equals and NaN in long rows", arguments: [17, 32, 40, 100])
    func longRows(classes: Int) {
        var row = (0..<classes).map { -Float($0 % 5) }
        row[7] = 2
        row[classes - 1] = 2
        for label in [0, 7, classes - 1] {
            let probabilities = TestMatrix(rows: 1, columns: classes)
            let (loss, correct) = SoftmaxCrossEntropy.forward(
                TestMatrix([row]).view, labels: [Int32(label)], probabilities: probabilities.view)
            #expect(loss.isFinite && correct == (label == 7 ? 1 : 0))
        }
        for place in [0, 7, 15, 16, classes - 1] {
            var broken = row
            broken[place] = .nan
            for label in [place, 7] {
                let probabilities = TestMatrix(rows: 1, columns: classes)
                let (loss, correct) = SoftmaxCrossEntropy.forward(
                    TestMatrix([broken]).view, labels: [Int32(label)], probabilities: probabilities.view)
                #expect(loss.isNaN && correct == 0)
            }
        }
    }

    @Test("an infinite score", arguments: [3, 20])
    func infinite(classes: Int) {
        var row = [Float](repeating: 0, count: classes)
        row[0] = -.infinity
        let probabilities = TestMatrix(rows: 1, columns: classes)
        let (loss, correct) = SoftmaxCrossEntropy.forward(
            TestMatrix([row]).view, labels: [1], probabilities: probabilities.view)
        #expect(abs(loss - log(Double(classes - 1))) < 1e-6 && correct == 1)
        #expect(probabilities.view[0, 0] == 0)
        row[2] = .infinity
        let diverged = SoftmaxCrossEntropy.forward(
            TestMatrix([row]).view, labels: [2], probabilities: probabilities.view)
        #expect(diverged.loss.isNaN && diverged.correct == 1)
    }

    @Test("logits, probabilities and gradient may share their memory", arguments: [10, 40])
    func inPlace(classes: Int) {
        let logits = TestMatrix(rows: 5, columns: classes, seed: 2)
        let labels: [Int32] = [1, 2, 3, 4, 5]
        let apart = TestMatrix(rows: 5, columns: classes)
        _ = SoftmaxCrossEntropy.forward(logits.view, labels: labels, probabilities: apart.view)
        SoftmaxCrossEntropy.gradient(apart.view, labels: labels, scale: 0.2, into: apart.view)
        _ = SoftmaxCrossEntropy.forward(logits.view, labels: labels, probabilities: logits.view)
        SoftmaxCrossEntropy.gradient(logits.view, labels: labels, scale: 0.2, into: logits.view)
        #expect(logits.bits == apart.bits)
    }
}

@Suite("Squared error")
struct SquaredErrorTests {
    @Test("loss, gradient and hits of two rows")
    func golden() {
        let output = TestVector([1, 2, 0, -1, 0.5, 4])
        let targets = TestVector([1, 0, 0, 3, 0.5, 1])
        let gradient = TestVector(count: 6)
        func matrix(_ vector: TestVector) -> Matrix { vector.view.matrix(rows: 2, columns: 3) }
        let result = SquaredError.evaluate(matrix(output), targets: matrix(targets), gradient: matrix(gradient))
        // ½·2² + ½·(4² + 3²); the largest outputs are at 1 and 2, the largest targets at 0 and 0.
        #expect(result.loss == 14.5)
        #expect(result.correct == 0)
        #expect(gradient.view.elements == [0, 1, 0, -2, 0, 1.5])
        #expect(SquaredError.evaluate(matrix(targets), targets: matrix(targets), gradient: nil) == (0, 2))
    }

    @Test("a row with a NaN is not correct", arguments: 0..<3)
    func notANumber(place: Int) {
        let targets = TestVector([3, 0, 0, 0, 1, 0])
        let output = TestVector([3, 0, 0, 0, 1, 0])
        output.view[place] = .nan
        let result = SquaredError.evaluate(
            output.view.matrix(rows: 2, columns: 3), targets: targets.view.matrix(rows: 2, columns: 3), gradient: nil)
        #expect(result.loss.isNaN)
        #expect(result.correct == 1)
    }
}
