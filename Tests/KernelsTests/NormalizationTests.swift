import Foundation
import Kernels
import Testing

@Suite("Normalization with a nonlinearity")
struct NormalizationTests {
    static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (5, 16), (9, 20), (3, 33), (700, 50)]

    /// A normalization of random parameters and the matrices of its passes.
    private struct Bench {
        let rows: Int
        let columns: Int
        let input: TestMatrix
        let mean: TestVector
        let inverse: TestVector
        let scale: TestVector
        let shift: TestVector
        let output: TestMatrix
        let gradient: TestMatrix
        let normalization: Normalization

        init(rows: Int, columns: Int, _ nonlinearity: Nonlinearity) {
            (self.rows, self.columns) = (rows, columns)
            input = TestMatrix(rows: rows, columns: columns, gap: 2, seed: 1)
            mean = TestVector(count: columns, seed: 2)
            inverse = TestVector(count: columns, seed: 3)
            scale = TestVector(count: columns, seed: 4)
            shift = TestVector(count: columns, seed: 5)
            output = TestMatrix(rows: rows, columns: columns, gap: 1)
            gradient = TestMatrix(rows: rows, columns: columns, gap: 3, seed: 6)
            normalization = Normalization(
                mean: mean.view, inverseDeviation: inverse.view, scale: scale.view, shift: shift.view,
                nonlinearity: nonlinearity)
            normalization.forward(input.view, into: output.view, team: teams[1])
        }

        /// x̂ in Double.
        var normalized: [[Double]] {
            let (m, s) = (mean.doubles, inverse.doubles)
            return input.doubles.map { row in row.indices.map { (row[$0] - m[$0]) * s[$0] } }
        }

        /// dy · f′ in Double.
        var slopes: [[Double]] {
            let (a, b) = (scale.doubles, shift.doubles)
            return zip(normalized, gradient.doubles).map { x, dy in
                x.indices.map { dy[$0] * derivative(x[$0] * a[$0] + b[$0]) }
            }
        }

        func value(_ z: Double) -> Double {
            switch normalization.nonlinearity {
            case .identity: z
            case .rectifier: max(z, 0)
            case .sigmoid: 1 / (1 + exp(-z))
            case .tanh: tanh(z)
            }
        }

        private func derivative(_ z: Double) -> Double {
            switch normalization.nonlinearity {
            case .identity: 1
            case .rectifier: z > 0 ? 1 : 0
            case .sigmoid: value(z) * (1 - value(z))
            case .tanh: 1 - value(z) * value(z)
            }
        }
    }

    @Test("forward agrees with Double", arguments: shapes, Nonlinearity.allCases)
    func forward(shape: (rows: Int, columns: Int), nonlinearity: Nonlinearity) {
        let bench = Bench(rows: shape.rows, columns: shape.columns, nonlinearity)
        let (a, b) = (bench.scale.doubles, bench.shift.doubles)
        let reference = bench.normalized.map { x in x.indices.map { bench.value(x[$0] * a[$0] + b[$0]) } }
        expectClose(bench.output, reference, tolerance: 0x1p-21)
        let normalized = TestMatrix(rows: shape.rows, columns: shape.columns, gap: 4)
        let output = TestMatrix(rows: shape.rows, columns: shape.columns)
        bench.normalization.forward(
            bench.input.view, normalized: normalized.view, into: output.view, team: teams[0])
        #expect(output.bits == bench.output.bits)
        expectClose(normalized, bench.normalized, tolerance: 0x1p-22)
    }

    @Test("sums and gradient agree with Double", arguments: shapes, Nonlinearity.allCases)
    func gradient(shape: (rows: Int, columns: Int), nonlinearity: Nonlinearity) {
        let (rows, columns) = shape
        let bench = Bench(rows: rows, columns: columns, nonlinearity)
        let (sum, product) = (TestVector(count: columns), TestVector(count: columns))
        let scratch = TestVector.scratch(Normalization.sumsScratch(rows: rows, columns: columns)).view
        bench.normalization.sums(
            bench.input.view, output: bench.output.view, outputGradient: bench.gradient.view, sum: sum.view,
            productSum: product.view, scratch: scratch, team: teams[1])
        let (x, dz) = (bench.normalized, bench.slopes)
        expectClose(
            sum.view.elements, (0..<columns).map { column in dz.reduce(0) { $0 + $1[column] } },
            tolerance: 0x1p-24 * 64)
        expectClose(
            product.view.elements,
            (0..<columns).map { column in zip(x, dz).reduce(0) { $0 + $1.0[column] * $1.1[column] } },
            tolerance: 0x1p-24 * 64)

        let (mean, meanProduct) = (TestVector(count: columns, seed: 7), TestVector(count: columns, seed: 8))
        let result = TestMatrix(rows: rows, columns: columns, gap: 3)
        bench.normalization.gradient(
            bench.input.view, output: bench.output.view, outputGradient: bench.gradient.view,
            sum: mean.view, productSum: meanProduct.view, count: 1, into: result.view, team: teams[1])
        let (s, a, m, p) = (bench.inverse.doubles, bench.scale.doubles, mean.doubles, meanProduct.doubles)
        let reference = zip(x, dz).map { x, dz in
            dz.indices.map { (dz[$0] - m[$0] - x[$0] * p[$0]) * s[$0] * a[$0] }
        }
        expectClose(result, reference, tolerance: 0x1p-20)

        // Over the gradient by the output, on another team: the same bits.
        bench.normalization.gradient(
            bench.input.view, output: bench.output.view, outputGradient: bench.gradient.view,
            sum: mean.view, productSum: meanProduct.view, count: 1, into: bench.gradient.view, team: teams[2])
        #expect(bench.gradient.bits == result.bits)
    }

    @Test("with and without the nonlinearity in it: the same bits", arguments: Nonlinearity.allCases)
    func fused(_ nonlinearity: Nonlinearity) {
        let (rows, columns) = (300, 37)
        let fused = Bench(rows: rows, columns: columns, nonlinearity)
        let plain = Bench(rows: rows, columns: columns, .identity)
        Pointwise.apply(nonlinearity, plain.output.view, into: plain.output.view, team: teams[0])
        #expect(plain.output.bits == fused.output.bits)
        Pointwise.gradient(
            nonlinearity, output: plain.output.view, outputGradient: plain.gradient.view, into: plain.gradient.view,
            team: teams[0])
        let scratch = TestVector.scratch(Normalization.sumsScratch(rows: rows, columns: columns)).view
        let results = [fused, plain].map { bench in
            let (sum, product) = (TestVector(count: columns), TestVector(count: columns))
            bench.normalization.sums(
                bench.input.view, output: bench.output.view, outputGradient: bench.gradient.view, sum: sum.view,
                productSum: product.view, scratch: scratch, team: teams[1])
            bench.normalization.gradient(
                bench.input.view, output: bench.output.view, outputGradient: bench.gradient.view,
                sum: sum.view, productSum: product.view, count: 1, into: bench.gradient.view, team: teams[1])
            return sum.bits + product.bits + bench.gradient.bits
        }
        #expect(results[0] == results[1])
    }

    /// Ioffe & Szegedy 2015, Algorithm 1 and §3, in Float: ε = 1e-5, γ = 2.
    @Test(
        "batch normalization of [1, 2, 3, 4]",
        arguments: [
            ([1, 0, 0, 0], [0.536660608, -0.715536744, -0.178886869, 0.357763006], -1.34163542, 1),
            ([0.1, -0.2, 0.3, 0.4], [0.286212551, -0.500878225, 0.143108780, 0.071556894], 0.626096529, 0.6),
        ] as [([Float], [Double], Double, Double)])
    func golden(dy: [Float], dx: [Double], scaleGradient: Double, shiftGradient: Double) {
        let x = TestMatrix([[1], [2], [3], [4]])
        let scratch = TestVector.scratch(ColumnReduction.scratch(rows: 4, columns: 1)).view
        let (mean, variance) = (TestVector(count: 1), TestVector(count: 1))
        let team = teams[0]
        Normalization.moments(x.view, mean: mean.view, variance: variance.view, scratch: scratch, team: team)
        #expect(mean.view[0] == 2.5 && variance.view[0] == 1.25)

        let inverse = TestVector([1 / (variance.view[0] + 1e-5).squareRoot()])
        let (gamma, beta) = (TestVector([2]), TestVector([0]))
        let normalization = Normalization(
            mean: mean.view, inverseDeviation: inverse.view, scale: gamma.view, shift: beta.view)
        let normalized = TestMatrix(rows: 4, columns: 1)
        normalization.forward(
            x.view, normalized: normalized.view, into: TestMatrix(rows: 4, columns: 1).view, team: team)
        expectClose(
            normalized.view.elements, [-1.34163542, -0.44721181, 0.44721181, 1.34163542], tolerance: 2e-7)

        let gradient = TestMatrix(dy.map { [$0] })
        let (sum, product) = (TestVector(count: 1), TestVector(count: 1))
        normalization.sums(
            x.view, output: x.view, outputGradient: gradient.view, sum: sum.view, productSum: product.view,
            scratch: scratch, team: team)
        expectClose(product.view.elements, [scaleGradient], tolerance: 2e-7)
        expectClose(sum.view.elements, [shiftGradient], tolerance: 2e-7)

        let result = TestMatrix(rows: 4, columns: 1)
        normalization.gradient(
            x.view, output: x.view, outputGradient: gradient.view,
            sum: sum.view, productSum: product.view, into: result.view, team: team)
        expectClose(result.view.elements, dx, tolerance: 4e-7)
    }
}
