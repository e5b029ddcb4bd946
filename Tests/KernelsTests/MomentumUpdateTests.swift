import Kernels
import Testing

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
