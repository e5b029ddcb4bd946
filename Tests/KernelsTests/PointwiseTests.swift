import Foundation
@testable import Kernels
import Testing

@Suite("Pointwise functions")
struct PointwiseTests {
    static let shapes: [(rows: Int, columns: Int)] = [(1, 1), (4, 15), (7, 16), (3, 50), (2000, 17)]

    private func inputs(_ rows: Int, _ columns: Int, seed: UInt64, scale: Float = 4) -> TestMatrix {
        let matrix = TestMatrix(rows: rows, columns: columns, gap: 3, seed: seed)
        matrix.scale(by: scale)
        return matrix
    }

    @Test("rectify and its gradient", arguments: shapes)
    func rectify(rows: Int, columns: Int) {
        let input = inputs(rows, columns, seed: 1)
        let gradient = TestMatrix(rows: rows, columns: columns, gap: 1, seed: 2)
        let output = TestMatrix(rows: rows, columns: columns, gap: 2)
        let inputGradient = TestMatrix(rows: rows, columns: columns, gap: 5)
        Pointwise.apply(.rectifier, input.view, into: output.view, team: teams[1])
        Pointwise.gradient(
            .rectifier, output: output.view, outputGradient: gradient.view, into: inputGradient.view, team: teams[1])
        expectClose(output, input.doubles.map { $0.map { max($0, 0) } }, tolerance: 0)
        let reference = zip(input.doubles, gradient.doubles).map { x, dy in x.indices.map { x[$0] > 0 ? dy[$0] : 0 } }
        expectClose(inputGradient, reference, tolerance: 0)
    }

    @Test("sigmoid and its gradient", arguments: shapes)
    func sigmoid(rows: Int, columns: Int) {
        let input = inputs(rows, columns, seed: 3)
        let gradient = TestMatrix(rows: rows, columns: columns, gap: 1, seed: 4)
        let output = TestMatrix(rows: rows, columns: columns, gap: 2)
        let inputGradient = TestMatrix(rows: rows, columns: columns, gap: 5)
        Pointwise.apply(.sigmoid, input.view, into: output.view, team: teams[1])
        Pointwise.gradient(
            .sigmoid, output: output.view, outputGradient: gradient.view, into: inputGradient.view, team: teams[1])
        let y = input.doubles.map { $0.map { 1 / (1 + exp(-$0)) } }
        expectClose(output, y, tolerance: 2e-7)
        let reference = zip(y, gradient.doubles).map { y, dy in y.indices.map { dy[$0] * y[$0] * (1 - y[$0]) } }
        expectClose(inputGradient, reference, tolerance: 2e-7)
    }

    @Test("tanh and its gradient", arguments: shapes)
    func tanh(rows: Int, columns: Int) {
        let input = inputs(rows, columns, seed: 5)
        let gradient = TestMatrix(rows: rows, columns: columns, gap: 1, seed: 6)
        let output = TestMatrix(rows: rows, columns: columns, gap: 2)
        let inputGradient = TestMatrix(rows: rows, columns: columns, gap: 5)
        Pointwise.apply(.tanh, input.view, into: output.view, team: teams[1])
        Pointwise.gradient(
            .tanh, output: output.view, outputGradient: gradient.view, into: inputGradient.view, team: teams[1])
        let y = input.doubles.map { $0.map { Foundation.tanh($0) } }
        expectClose(output, y, tolerance: 2e-7)
        let reference = zip(y, gradient.doubles).map { y, dy in y.indices.map { dy[$0] * (1 - y[$0] * y[$0]) } }
        expectClose(inputGradient, reference, tolerance: 3e-7)
    }

    @Test("add and copy", arguments: shapes)
    func sums(rows: Int, columns: Int) {
        let a = inputs(rows, columns, seed: 7)
        let b = TestMatrix(rows: rows, columns: columns, gap: 1, seed: 8)
        let sum = TestMatrix(rows: rows, columns: columns, gap: 2)
        Pointwise.add(a.view, b.view, into: sum.view, team: teams[1])
        expectClose(
            sum, zip(a.doubles, b.doubles).map { a, b in a.indices.map { Double(Float(a[$0]) + Float(b[$0])) } },
            tolerance: 0)
        Pointwise.copy(b.view, into: sum.view, team: teams[1])
        expectClose(sum, b.doubles, tolerance: 0)
    }

    @Test("not a number goes through")
    func notANumber() {
        for function in Nonlinearity.allCases {
            let matrix = TestMatrix([[1, .nan, -1]])
            Pointwise.apply(function, matrix.view, into: matrix.view, team: teams[0])
            #expect(matrix.view[0, 1].isNaN && !matrix.view[0, 0].isNaN && !matrix.view[0, 2].isNaN)
        }
    }

    @Test("dropout keeps a share, scales it up, and is a function of the stream", arguments: [0, 0.1, 0.5])
    func drop(ratio: Float) {
        let input = TestMatrix(rows: 400, columns: 50, gap: 3)
        input.view.fill(1)
        let stream = RandomStream(seed: 1, "dropout/step-0")
        let bits = expectSameBits { team in
            let output = TestMatrix(rows: 400, columns: 50, gap: 1)
            Pointwise.drop(input.view, ratio: ratio, stream: stream, into: output.view, team: team)
            return output.bits
        }
        let values = bits.map(Float.init(bitPattern:))
        #expect(Set(values).isSubset(of: [0, 1 / (1 - ratio)]))
        let dropped = Float(values.count { $0 == 0 }) / 20_000
        #expect(abs(dropped - ratio) < 0.015)
        for index in [0, 1, 49, 50, 51, 19_999] {
            #expect((values[index] == 0) == (stream.uniform(at: UInt64(index)) < ratio))
        }
    }
}

@Suite struct MultiplicationTests {
    /// A product of two floats is exact in Double, and rounded once it is the float product: an independent computation.
    private static func fold(_ left: [Float], _ right: [Float]) -> UInt32 {
        zip(left, right).reduce(0) { $0 ^ Float(Double($1.0) * Double($1.1)).bitPattern }
    }

    @Test(arguments: [-1...1 as ClosedRange<Float>, 1000...10_000, 0x1p-69...0x1p-67, 0x1p-128...0x1p-127])
    func everyProductIsInTheFold(range: ClosedRange<Float>) {
        let storage = Storage(count: 512)
        let (left, right) = (storage.vector(count: 256), storage.vector(offset: 256, count: 256))
        let stream = RandomStream(seed: 1, "multiplication")
        for index in 0..<256 {
            let (u, v) = (stream.uniform(at: UInt64(index)), stream.uniform(at: UInt64(index + 256)))
            left[index] = range.lowerBound + u * (range.upperBound - range.lowerBound)
            right[index] = range.lowerBound + v * (range.upperBound - range.lowerBound)
        }
        let expected = Self.fold(left.elements, right.elements)
        #expect(Multiplication.chained(left, right, mask: 0) == expected)
        #expect(Multiplication.independent(left, right) == expected)
        // Each pair counts.
        for index in [0, 15, 16, 63, 64, 255] {
            left[index] = 3
            let changed = Self.fold(left.elements, right.elements)
            #expect(Multiplication.chained(left, right, mask: 0) == changed)
            #expect(Multiplication.independent(left, right) == changed)
        }
    }

    /// With a mask the product before is in the operand: the chain is one.
    @Test func theMaskChains() {
        let storage = Storage(count: 4)
        let (left, right) = (storage.vector(count: 2), storage.vector(offset: 2, count: 2))
        left.copy(from: [1, 0])
        right.copy(from: [3, 5])
        #expect(Multiplication.chained(left, right, mask: 0) == Float(3).bitPattern)
        #expect(Multiplication.chained(left, right, mask: .max) == Float(3).bitPattern ^ Float(15).bitPattern)
    }
}
