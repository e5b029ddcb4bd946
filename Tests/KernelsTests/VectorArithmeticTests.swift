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

@Suite("Momentum update")
struct MomentumUpdateTests {
    /// Caffe, `sgd_solver.cpp`: h ← 0.9·0.5 + 0.1·(2 + 0.01·1) = 0.651; w ← 1 − 0.651.
    @Test("Caffe's definition")
    func golden() {
        let values = TestVector([1])
        let history = TestVector([0.5])
        MomentumUpdate.apply(
            values: values.view, gradients: TestVector([2]).view, history: history.view, rate: 0.1, momentum: 0.9,
            decay: 0.01, team: teams[0])
        expectClose(history.view.elements, [0.651], tolerance: 1e-7)
        expectClose(values.view.elements, [0.349], tolerance: 1e-7)
    }

    @Test("agrees with Double over several steps, on any team", arguments: [1, 15, 17, 20_000])
    func agreement(count: Int) {
        let start = TestVector(count: count, seed: 1)
        let gradients = TestVector(count: count, seed: 2)
        let bits = expectSameBits { team in
            let values = TestVector(start.view.elements)
            let history = TestVector(count: count)
            for _ in 0..<3 {
                MomentumUpdate.apply(
                    values: values.view, gradients: gradients.view, history: history.view, rate: 0.05,
                    momentum: 0.9, decay: 0.002, team: team)
            }
            return values.bits
        }
        let expected = zip(start.doubles, gradients.doubles).map { value, gradient in
            var (w, h) = (value, 0.0)
            for _ in 0..<3 {
                h = Double(Float(0.9)) * h + Double(Float(0.05)) * (gradient + Double(Float(0.002)) * w)
                w -= h
            }
            return w
        }
        expectClose(bits.map(Float.init(bitPattern:)), expected, tolerance: 5e-7)
    }

    @Test(
        "the history of a unit without gradients ends as a zero, never as a subnormal number",
        arguments: [5, 37, 9_000])
    func histories(count: Int) {
        let start = TestVector(count: count, seed: 4)
        let none = TestVector(count: count)
        for momentum in [0, 0.5, 0.9, 0.99] as [Float] {
            let bits = expectSameBits { team in
                let values = TestVector(start.view.elements)
                let history = TestVector(start.view.elements)
                // 0.99ⁿ < 2⁻¹⁰⁰ from n = 6,897 on.
                for _ in 0..<(momentum < 0.95 ? 660 : 6_900) {
                    MomentumUpdate.apply(
                        values: values.view, gradients: none.view, history: history.view, rate: 0.1,
                        momentum: momentum, decay: 0, team: team)
                    if count < 10 { #expect(history.view.elements.allSatisfy { !$0.isSubnormal }) }
                }
                return history.bits + values.bits
            }
            #expect(bits.prefix(count).allSatisfy { Float(bitPattern: $0) == 0 })
        }
    }

    @Test("below 2⁻¹⁰⁰ a history is a zero of its sign; NaN stays")
    func traces() {
        let below = Float(0x1p-100).nextDown
        let given: [Float] = [0x1p-100, below, -0x1p-100, -below, .leastNonzeroMagnitude, .infinity, -.infinity, 0]
        let history = TestVector(given + [.nan])
        MomentumUpdate.apply(
            values: TestVector(count: 9).view, gradients: TestVector(count: 9).view, history: history.view, rate: 0,
            momentum: 1, decay: 0, team: teams[0])
        let expected: [Float] = [0x1p-100, 0, -0x1p-100, 0, 0, .infinity, -.infinity, 0]
        #expect(Array(history.view.elements.prefix(8)) == expected)
        #expect(history.view[3].sign == .minus && history.view[1].sign == .plus)
        #expect(history.view[8].isNaN)
    }

    @Test("nothing behind the end is touched")
    func end() {
        let storage = Keeper.storage(count: 40)
        let all = storage.vector(count: 40)
        all.fill(1)
        MomentumUpdate.apply(
            values: all.range(0..<19), gradients: TestVector(count: 19, seed: 3).view,
            history: TestVector(count: 19).view, rate: 1, momentum: 0, decay: 0, team: teams[0])
        #expect(all.elements[19...].allSatisfy { $0 == 1 })
        #expect(all[18] != 1)
    }
}
