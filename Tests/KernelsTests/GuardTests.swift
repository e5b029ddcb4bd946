import Foundation
@testable import Kernels
import Testing

/// A matrix whose rows end where memory does: behind each, or behind the last, lies a page that nobody may read or write.
struct GuardedMatrix {
    let view: Matrix

    /// Zeros whose rows follow each other; the memory is never given back.
    init?(contiguousRows rows: Int, columns: Int) {
        guard let row = GuardedMatrix(rows: 1, columns: rows * columns) else { return nil }
        view = row.view.reshaped(rows: rows, columns: columns)
    }

    /// Zeros; the memory is never given back.
    init?(rows: Int, columns: Int) {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let (floats, size) = (page / MemoryLayout<Float>.stride, 2 * rows * page)
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED, columns <= floats else { return nil }
        for row in 0..<rows {
            guard mprotect(memory + (2 * row + 1) * page, page, PROT_NONE) == 0 else { return nil }
        }
        view = Matrix(
            memory.bindMemory(to: Float.self, capacity: size / 4) + (floats - columns), rows: rows, columns: columns,
            stride: 2 * floats)
    }
}

/// Behind the columns or rows that a thread writes lie those that another one is writing at the same time: whatever is both
/// read and written in a loop must be read no further than it is written.
///
/// Each test runs in a process of its own, which a read too far ends.
@Suite("What threads write is not read by others")
struct GuardTests {
    private static let widths = [1, 5, 8, 10, 16, 17, 20, 31, 45]

    @Test("loads of a part of a lane", arguments: 0...16)
    func partialLoads(count: Int) async {
        await #expect(processExitsWith: .success) { [count] in
            guard let matrix = GuardedMatrix(rows: 1, columns: count) else { exit(2) }
            for column in 0..<count { matrix.view[0, column] = Float(column + 1) }
            let lane = matrix.view.base.lane(at: 0, first: count)
            for column in 0..<16 where lane[column] != (column < count ? Float(column + 1) : 0) { exit(1) }
        }
    }

    @Test("a dense layer's output and its nonlinearity or map, and a gradient that is added to")
    func dense() async {
        await #expect(processExitsWith: .success) {
            for width in Self.widths {
                let input = TestMatrix(rows: 13, columns: 6, seed: 1)
                let weight = TestMatrix(rows: 6, columns: width, seed: 2)
                let (scale, shift) = (TestVector(count: width, seed: 3), TestVector(count: width, seed: 4))
                let epilogues = [
                    Epilogue(nonlinearity: .sigmoid),
                    Epilogue(affine: ColumnAffine(scale: scale.view, shift: shift.view), nonlinearity: .rectifier),
                ]
                for epilogue in epilogues {
                    guard let guarded = GuardedMatrix(rows: 13, columns: width) else { exit(2) }
                    let expected = TestMatrix(rows: 13, columns: width)
                    for output in [guarded.view, expected.view] {
                        MatrixProduct.forward(
                            input.view, weight.view, bias: nil, into: output, epilogue: epilogue, team: teams[0])
                    }
                    if guarded.view.elements != expected.view.elements { exit(1) }
                }
                guard let gradient = GuardedMatrix(rows: 13, columns: width) else { exit(2) }
                let transposed = TestMatrix(rows: width, columns: 6, seed: 5)
                let scratch = TestVector(count: MatrixProduct.dataGradientScratch(inputs: width, outputs: 6))
                MatrixProduct.dataGradient(
                    input.view, transposed.view, into: gradient.view, adds: true, scratch: scratch.view, team: teams[0])
            }
        }
    }

    @Test("a convolution's output and its nonlinearity, and a gradient that is added to")
    func convolution() async {
        await #expect(processExitsWith: .success) {
            for width in Self.widths {
                let geometry = ConvolutionGeometry(
                    images: 2, height: 4, width: 3, channels: 3, kernelHeight: 3, kernelWidth: 3, padHeight: 1,
                    padWidth: 1, outputChannels: width)
                let input = TestMatrix(rows: geometry.inputPositions, columns: 3, seed: 1)
                let weight = TestMatrix(rows: geometry.filterSize, columns: width, seed: 2)
                guard let output = GuardedMatrix(rows: geometry.outputPositions, columns: width) else { exit(2) }
                Kernels.Convolution.forward(
                    geometry, input.view, weight.view, bias: nil, into: output.view,
                    epilogue: Epilogue(nonlinearity: .tanh),
                    scratch: TestVector(count: Kernels.Convolution.forwardScratch(geometry)).view, team: teams[0])

                let back = ConvolutionGeometry(
                    images: 2, height: 4, width: 3, channels: width, kernelHeight: 3, kernelWidth: 3, padHeight: 1,
                    padWidth: 1, outputChannels: 3)
                let turned = TestMatrix(rows: back.filterSize, columns: 3, seed: 3)
                guard let gradient = GuardedMatrix(rows: back.inputPositions, columns: width) else { exit(2) }
                Kernels.Convolution.dataGradient(
                    back, input.view, turned.view, into: gradient.view, adds: true,
                    scratch: TestVector(count: Kernels.Convolution.dataGradientScratch(back)).view, team: teams[0])
            }
        }
    }

    @Test("the moments of a block of a convolution's output, and its map in place")
    func moments() async {
        await #expect(processExitsWith: .success) {
            for (width, side) in zip([1, 3, 5, 16, 17, 20], [16, 8, 8, 4, 4, 3]) {
                let geometry = ConvolutionGeometry(
                    images: 1, height: side, width: side, channels: 2, kernelHeight: 1, kernelWidth: 1,
                    outputChannels: width)
                let input = TestMatrix(rows: geometry.inputPositions, columns: 2, seed: 1)
                let weight = TestMatrix(rows: 2, columns: width, seed: 2)
                guard let output = GuardedMatrix(contiguousRows: side * side, columns: width) else { exit(2) }
                let scratch = TestVector(count: BlockMoments.scratch(rows: side * side, columns: width))
                let moments = BlockMoments(rows: side * side, columns: width, scratch: scratch.view)
                Kernels.Convolution.forward(
                    geometry, input.view, weight.view, bias: nil, into: output.view,
                    epilogue: Epilogue(nonlinearity: .rectifier, moments: moments),
                    scratch: TestVector(count: Kernels.Convolution.forwardScratch(geometry)).view, team: teams[0])
                let map = ColumnAffine(
                    scale: TestVector(count: width, seed: 3).view, shift: TestVector(count: width, seed: 4).view)
                map.apply(output.view, into: output.view, team: teams[0])
                GroupAffine(scale: TestMatrix(rows: 1, columns: width, seed: 5).view)
                    .apply(output.view, into: output.view, team: teams[0])
            }
        }
    }

    @Test("a normalization in place, its gradient in place, and the statistics of the last range")
    func normalization() async {
        await #expect(processExitsWith: .success) {
            for (width, rows) in zip([1, 3, 5, 16, 17, 20, 33, 45], [7, 1, 9, 4, 2, 5, 3, 1]) {
                guard let output = GuardedMatrix(contiguousRows: rows, columns: width),
                    let gradient = GuardedMatrix(contiguousRows: rows, columns: width),
                    let mean = GuardedMatrix(rows: 1, columns: width),
                    let inverse = GuardedMatrix(rows: 1, columns: width)
                else { exit(2) }
                let (sum, products) = (TestVector(count: width), TestVector(count: width))
                let normalization = Normalization(
                    mean: mean.view.vector, inverseDeviation: inverse.view.vector, scale: nil, shift: nil,
                    nonlinearity: .rectifier, rowsPerRange: rows)
                let scratch = TestVector(
                    count: max(
                        Normalization.gradientScratch(ranges: 1, rowsPerRange: rows, columns: width),
                        Normalization.sumsScratch(rows: rows, columns: width)))
                let input = TestMatrix(rows: rows, columns: width, seed: 1)
                output.view.copy(from: input.view)
                normalization.forwardByRange(
                    output.view, epsilon: 1e-5, normalized: nil, into: output.view, scratch: scratch.view,
                    team: teams[0])
                normalization.forward(output.view, into: output.view, team: teams[0])
                normalization.backwardByRange(
                    input.view, output: output.view, outputGradient: gradient.view, sum: sum.view,
                    productSum: products.view, into: gradient.view, scratch: scratch.view, team: teams[0])
                normalization.gradient(
                    input.view, output: output.view, outputGradient: gradient.view, sum: sum.view,
                    productSum: products.view, into: gradient.view, team: teams[0])
            }
        }
    }

    @Test("a gradient behind a nonlinearity in place, of one step of columns and of several")
    func gradientBehind() async {
        await #expect(processExitsWith: .success) {
            for width in [1, 5, 16, 17, 31, 33, 45] {
                let rows = width <= 32 ? 20 : 3
                let gradient =
                    width <= 32
                    ? GuardedMatrix(contiguousRows: rows, columns: width) : GuardedMatrix(rows: rows, columns: width)
                guard let gradient else { exit(2) }
                let output = TestMatrix(rows: rows, columns: width, seed: 1)
                ColumnReduction.sum(
                    behind: .sigmoid, output: output.view, gradient: gradient.view,
                    into: TestVector(count: width).view,
                    scratch: TestVector(count: ColumnReduction.scratch(rows: rows, columns: width)).view,
                    team: teams[0])
            }
        }
    }

    @Test("the last rows of an item of a pointwise function in place", arguments: [1, 4])
    func pointwise(rows: Int) async {
        await #expect(processExitsWith: .success) { [rows] in
            for width in Self.widths {
                guard let row = GuardedMatrix(contiguousRows: rows, columns: width) else { exit(2) }
                let other = TestMatrix(rows: rows, columns: width, seed: 1)
                for function in [Nonlinearity.rectifier, .sigmoid, .tanh] {
                    Pointwise.apply(function, row.view, into: row.view, team: teams[0])
                    Pointwise.gradient(
                        function, output: row.view, outputGradient: other.view, into: row.view, team: teams[0])
                }
                Pointwise.add(row.view, other.view, into: row.view, team: teams[0])
                Pointwise.add(TestVector(count: width).view, toRowsOf: row.view, team: teams[0])
                Pointwise.drop(
                    row.view, ratio: 0.5, stream: RandomStream(seed: 1, "x"), into: row.view, team: teams[0])
            }
        }
    }
}
