import Testing

@testable import Kernels

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
