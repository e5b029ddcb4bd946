import Kernels
import Testing

@Suite("Vector arithmetic")
struct VectorArithmeticTests {
    @Test("agrees with sums in double precision", arguments: [0, 1, 7, 8, 9, 31, 1000])
    func agreement(count: Int) {
        let (a, b) = (TestVector(count: count, seed: 1), TestVector(count: count, seed: 2))
        let dot = zip(a.doubles, b.doubles).reduce(0) { $0 + $1.0 * $1.1 }
        let distance = zip(a.doubles, b.doubles).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        #expect(abs(VectorArithmetic.dot(a.view, b.view) - dot) < 1e-12 * Double(count + 1))
        #expect(abs(VectorArithmetic.squaredDistance(a.view, b.view) - distance) < 1e-12 * Double(count + 1))
        #expect(VectorArithmetic.norm(a.view) == VectorArithmetic.dot(a.view, a.view).squareRoot())
    }

    @Test("adds a multiple of a direction, and touches nothing behind the end", arguments: [1, 16, 19])
    func addition(count: Int) {
        let (base, direction) = (TestVector(count: count, seed: 1), TestVector(count: count, seed: 2))
        let all = TestVector(count: count + 20)
        all.view.fill(7)
        VectorArithmetic.add(direction.view, times: -0.5, to: base.view, into: all.view.range(0..<count))
        let expected = zip(base.doubles, direction.doubles).map { $0 - 0.5 * $1 }
        expectClose(Array(all.view.elements.prefix(count)), expected, tolerance: 1e-6)
        #expect(all.view.elements.suffix(20).allSatisfy { $0 == 7 })
    }

    @Test("a vector may be its own target")
    func inPlace() {
        let base = TestVector([1, 2, 3])
        VectorArithmetic.add(TestVector([1, 1, 1]).view, times: 2, to: base.view, into: base.view)
        #expect(base.view.elements == [3, 4, 5])
    }
}
