import Foundation
import Kernels
import Testing

@Suite("Normalization of each range of rows by groups of columns")
struct NormalizationByRangeTests {
    struct Case: Sendable, CustomStringConvertible {
        let images, rows, columns, group: Int
        var description: String { "\(images) × \(rows)×\(columns) by \(group)" }
    }

    static let cases = [
        Case(images: 1, rows: 1, columns: 1, group: 1), Case(images: 3, rows: 1, columns: 20, group: 20),
        Case(images: 2, rows: 5, columns: 16, group: 4), Case(images: 3, rows: 7, columns: 33, group: 11),
        Case(images: 2, rows: 700, columns: 50, group: 25), Case(images: 5, rows: 4, columns: 8, group: 1),
        // Several images an item.
        Case(images: 700, rows: 3, columns: 9, group: 3),
    ]
    static let epsilon = 0.01

    /// A normalization of random values, and what it leaves.
    private struct Bench {
        let one: Case
        let input: TestMatrix
        let scale: TestVector
        let shift: TestVector
        let output: TestMatrix
        let normalized: TestMatrix
        let gradient: TestMatrix
        let normalization: Normalization

        init(_ one: Case, _ nonlinearity: Nonlinearity, team: Team = teams[1]) {
            self.one = one
            let rows = one.images * one.rows
            input = TestMatrix(rows: rows, columns: one.columns, gap: 2, seed: 1)
            scale = TestVector(count: one.columns, seed: 2)
            shift = TestVector(count: one.columns, seed: 3)
            output = TestMatrix(rows: rows, columns: one.columns, gap: 1)
            normalized = TestMatrix(rows: rows, columns: one.columns, gap: 4)
            gradient = TestMatrix(rows: rows, columns: one.columns, gap: 3, seed: 4)
            normalization = Normalization(
                mean: TestVector(count: one.images * one.columns).view,
                inverseDeviation: TestVector(count: one.images * one.columns).view, scale: scale.view,
                shift: shift.view, nonlinearity: nonlinearity, ranges: one.images, rowsPerRange: one.rows,
                columnsPerGroup: one.group)
            let scratch = TestVector.scratch(
                Normalization.forwardScratch(ranges: one.images, rowsPerRange: one.rows, columns: one.columns))
            normalization.forwardByRange(
                input.view, epsilon: NormalizationByRangeTests.epsilon, normalized: normalized.view, into: output.view,
                scratch: scratch.view, team: team)
        }

        /// The backward pass, over the gradient by the output if nothing else is given.
        func backward(
            into target: Matrix?, team: Team = teams[1]
        ) -> (sum: TestVector, product: TestVector) {
            let (sum, product) = (TestVector(count: one.columns), TestVector(count: one.columns))
            let scratch = TestVector.scratch(
                Normalization.gradientScratch(ranges: one.images, rowsPerRange: one.rows, columns: one.columns))
            normalization.backwardByRange(
                input.view, output: output.view, outputGradient: gradient.view, sum: sum.view,
                productSum: product.view, into: target, scratch: scratch.view, team: team)
            return (sum, product)
        }

        /// The places of the values that share an image and a group with [row, column].
        func set(_ row: Int, _ column: Int) -> [(Int, Int)] {
            let (image, group) = (row / one.rows, column / one.group)
            return (image * one.rows..<(image + 1) * one.rows).flatMap { row in
                (group * one.group..<(group + 1) * one.group).map { (row, $0) }
            }
        }

        /// A function of the values of each image and group, for every element.
        func bySets<Result>(_ compute: ([(Int, Int)]) -> Result) -> [[Result]] {
            var results: [[Result?]] = input.doubles.map { $0.map { _ in nil } }
            for row in results.indices {
                for column in results[row].indices where results[row][column] == nil {
                    let places = set(row, column)
                    let result = compute(places)
                    for (i, j) in places { results[i][j] = result }
                }
            }
            return results.map { $0.compactMap { $0 } }
        }

        /// x̂ and 1/√(σ² + ε) in Double.
        var reference: (normalized: [[Double]], inverse: [[Double]]) {
            let x = input.doubles
            let moments = bySets { places in
                let values = places.map { x[$0.0][$0.1] }
                let mean = values.reduce(0, +) / Double(values.count)
                let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
                return (mean: mean, inverse: 1 / (square + NormalizationByRangeTests.epsilon).squareRoot())
            }
            return (
                x.indices.map { row in
                    x[row].indices.map { (x[row][$0] - moments[row][$0].mean) * moments[row][$0].inverse }
                }, moments.map { $0.map(\.inverse) }
            )
        }
    }

    @Test("forward agrees with Double, and leaves x̂", arguments: cases)
    func forward(one: Case) {
        let bench = Bench(one, .identity)
        let (a, b, x) = (bench.scale.doubles, bench.shift.doubles, bench.reference.normalized)
        expectClose(bench.normalized, x, tolerance: 0x1p-20)
        expectClose(bench.output, x.map { row in row.indices.map { row[$0] * a[$0] + b[$0] } }, tolerance: 0x1p-20)
    }

    @Test("sums and gradient agree with Double", arguments: cases)
    func gradient(one: Case) {
        let bench = Bench(one, .identity)
        let result = TestMatrix(rows: bench.input.rows, columns: one.columns, gap: 3)
        let (sum, product) = bench.backward(into: result.view)
        let (x, inverse) = bench.reference
        let (dz, a) = (bench.gradient.doubles, bench.scale.doubles)
        let count = Double(bench.input.rows)
        expectClose(
            sum.view.elements, (0..<one.columns).map { column in dz.reduce(0) { $0 + $1[column] } },
            tolerance: 0x1p-22 * count)
        expectClose(
            product.view.elements,
            (0..<one.columns).map { column in zip(x, dz).reduce(0) { $0 + $1.0[column] * $1.1[column] } },
            tolerance: 0x1p-20 * count)
        let means = bench.bySets { places in
            let terms = places.map { (a[$0.1] * dz[$0.0][$0.1], x[$0.0][$0.1]) }
            return (
                terms.reduce(0) { $0 + $1.0 } / Double(terms.count),
                terms.reduce(0) { $0 + $1.0 * $1.1 } / Double(terms.count)
            )
        }
        let reference = dz.indices.map { row in
            dz[row].indices.map { column in
                inverse[row][column]
                    * (a[column] * dz[row][column] - means[row][column].0 - x[row][column] * means[row][column].1)
            }
        }
        expectClose(result, reference, tolerance: 0x1p-17)

        // Without a gradient by the input, and over the gradient by the output: the same bits.
        let sums = bench.backward(into: nil)
        #expect(sums.sum.bits == sum.bits && sums.product.bits == product.bits)
        _ = bench.backward(into: bench.gradient.view)
        #expect(bench.gradient.bits == result.bits)
    }

    @Test("gives the same bits on any team", arguments: cases)
    func bits(one: Case) {
        expectSameBits { team in
            let bench = Bench(one, .tanh, team: team)
            let (sum, product) = bench.backward(into: bench.gradient.view, team: team)
            return bench.output.bits + bench.normalized.bits + bench.gradient.bits + sum.bits + product.bits
        }
    }

    @Test("with and without the nonlinearity in it: the same bits", arguments: Nonlinearity.allCases)
    func fused(_ nonlinearity: Nonlinearity) {
        let one = Case(images: 4, rows: 60, columns: 36, group: 9)
        let (fused, plain) = (Bench(one, nonlinearity), Bench(one, .identity))
        Pointwise.apply(nonlinearity, plain.output.view, into: plain.output.view, team: teams[0])
        #expect(plain.output.bits == fused.output.bits)
        Pointwise.gradient(
            nonlinearity, output: plain.output.view, outputGradient: plain.gradient.view, into: plain.gradient.view,
            team: teams[0])
        let results = [fused, plain].map { bench in
            let (sum, product) = bench.backward(into: bench.gradient.view)
            return sum.bits + product.bits + bench.gradient.bits
        }
        #expect(results[0] == results[1])
    }

    @Test("constant images have no variance, and a large offset costs no accuracy")
    func numerics() {
        let one = Case(images: 2, rows: 2, columns: 2, group: 2)
        let bench = Bench(one, .identity)
        bench.input.view.copy(from: [100_000, 100_001, 100_002, 100_003, 0.1, 0.1, 0.1, 0.1])
        let scratch = TestVector.scratch(Normalization.forwardScratch(ranges: 2, rowsPerRange: 2, columns: 2))
        bench.normalization.forwardByRange(
            bench.input.view, epsilon: 1e-5, normalized: bench.normalized.view, into: bench.output.view,
            scratch: scratch.view, team: teams[0])
        expectClose(
            bench.normalized.view.elements,
            [-1.34163542, -0.44721181, 0.44721181, 1.34163542, 0, 0, 0, 0], tolerance: 1e-6)
        #expect(bench.normalized.view.rows(2..<4).elements.allSatisfy { $0 == 0 })
    }

    /// Zhang & Sennrich 2019: y = γx · 1/√(mean x² + ε), the mean over all values of an image.
    @Test(
        "without a mean and β it is root mean square normalization",
        arguments: [(1, 1, 1, 1), (3, 1, 20, 20), (2, 5, 16, 4), (3, 7, 33, 33), (2, 6, 21, 1), (700, 3, 9, 9)])
    func rootMeanSquare(images: Int, rows: Int, columns: Int, group: Int) {
        let one = Case(images: images, rows: rows, columns: columns, group: group)
        let bench = Bench(one, .identity)
        // Far from 0, where the mean makes a difference.
        for row in 0..<images * rows { for column in 0..<columns { bench.input.view[row, column] += 2 } }
        let inverse = TestVector(count: images * columns)
        let normalization = Normalization(
            mean: nil, inverseDeviation: inverse.view, scale: bench.scale.view, shift: nil, ranges: images,
            rowsPerRange: rows, columnsPerGroup: group)
        let forward = TestVector.scratch(
            Normalization.forwardScratch(ranges: images, rowsPerRange: rows, columns: columns))
        normalization.forwardByRange(
            bench.input.view, epsilon: Self.epsilon, normalized: bench.normalized.view, into: bench.output.view,
            scratch: forward.view, team: teams[1])
        let (x, a, dy) = (bench.input.doubles, bench.scale.doubles, bench.gradient.doubles)
        let factors = bench.bySets { places in
            1
                / (places.reduce(0) { $0 + x[$1.0][$1.1] * x[$1.0][$1.1] } / Double(places.count) + Self.epsilon)
                .squareRoot()
        }
        let normalized = x.indices.map { row in x[row].indices.map { x[row][$0] * factors[row][$0] } }
        expectClose(bench.normalized, normalized, tolerance: 0x1p-20)
        expectClose(
            bench.output, normalized.map { row in row.indices.map { row[$0] * a[$0] } }, tolerance: 0x1p-20)

        let (sum, product) = (TestVector(count: columns), TestVector(count: columns))
        let scratch = TestVector.scratch(
            Normalization.gradientScratch(ranges: images, rowsPerRange: rows, columns: columns))
        normalization.backwardByRange(
            bench.input.view, output: bench.output.view, outputGradient: bench.gradient.view, sum: sum.view,
            productSum: product.view, into: bench.gradient.view, scratch: scratch.view, team: teams[1])
        expectClose(
            product.view.elements,
            (0..<columns).map { column in zip(normalized, dy).reduce(0) { $0 + $1.0[column] * $1.1[column] } },
            tolerance: 0x1p-20 * Double(images * rows))
        let means = bench.bySets { places in
            places.reduce(0) { $0 + a[$1.1] * dy[$1.0][$1.1] * normalized[$1.0][$1.1] } / Double(places.count)
        }
        let reference = dy.indices.map { row in
            dy[row].indices.map { factors[row][$0] * (a[$0] * dy[row][$0] - normalized[row][$0] * means[row][$0]) }
        }
        expectClose(bench.gradient, reference, tolerance: 0x1p-17)
    }
}
