import Kernels
import Testing

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
}
