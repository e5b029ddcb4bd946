import Kernels
import Testing

@testable import Running

@Suite struct MultiplicationThroughputTests {
    @Test(arguments: OperandRange.allCases)
    func theTimedLoopsComputeTheProducts(range: OperandRange) {
        let works = [MultiplicationThroughput.Kind.scalar, .simd].map { MultiplicationWork($0, range, seed: 3) }
        for work in works {
            work.run()
            // Exact in Double, and then rounded once.
            let expected = zip(work.left.elements, work.right.elements).reduce(UInt32(0)) {
                $0 ^ Float(Double($1.0) * Double($1.1)).bitPattern
            }
            #expect(work.fold == expected)
            #expect(work.multiplications == 2048)
        }
    }

    @Test(arguments: OperandRange.allCases)
    func theTimedProductIsAMatrixProduct(range: OperandRange) {
        let work = MultiplicationWork(.product, range, seed: 3)
        work.run()
        let size = MultiplicationWork.size
        #expect(work.multiplications == size * size * size)
        for (row, column) in [(0, 0), (5, 63), (63, 17)] {
            let exact = (0..<size).reduce(0.0) {
                $0 + Double(work.left[row * size + $1]) * Double(work.right[$1 * size + column])
            }
            let magnitude = (0..<size).reduce(0.0) {
                $0 + abs(Double(work.left[row * size + $1]) * Double(work.right[$1 * size + column]))
            }
            #expect(abs(Double(work.output[row, column]) - exact) <= 1e-5 * magnitude + 64 * 0x1p-149)
        }
    }

    @Test func everyKindIsMeasuredWithEveryRange() {
        let entries = MultiplicationThroughput.measure(seed: 1, rounds: 2)
        #expect(entries.count == 3 * OperandRange.allCases.count)
        #expect(Set(entries.map { "\($0.kind) \($0.range)" }).count == entries.count)
        #expect(entries.allSatisfy { $0.time.seconds.count == 2 && $0.throughput > 0 && $0.throughput.isFinite })
        // A median time of a microsecond for a thousand multiplications is a billion a second.
        let entry = MultiplicationThroughput.Entry(
            kind: .scalar, range: .zeros, multiplications: 1000, time: RepeatedTime([1e-6]))
        #expect(abs(entry.throughput - 1) < 1e-12)
    }
}

@Suite struct OperandRangeTests {
    private static func operands(_ range: OperandRange, seed: UInt64 = 1) -> [(left: Float, right: Float)] {
        let storage = Storage(count: 2048)
        let (left, right) = (storage.vector(count: 1024), storage.vector(offset: 1024, count: 1024))
        range.fill(left, right, seed: seed)
        return Array(zip(left.elements, right.elements)).map { (left: $0.0, right: $0.1) }
    }

    @Test(arguments: [
        (OperandRange.symmetric, -1...1 as ClosedRange<Float>), (.oneToTwo, 1...2), (.thousands, 1e3...1e4),
    ])
    func normalOperandsAreSpreadOverTheirRange(range: OperandRange, bounds: ClosedRange<Float>) {
        let pairs = Self.operands(range)
        for values in [pairs.map(\.left), pairs.map(\.right)] {
            #expect(values.allSatisfy { bounds.contains($0) && $0.isNormal })
            let mean = values.reduce(0) { $0 + Double($1) } / 1024
            let (low, high) = (Double(bounds.lowerBound), Double(bounds.upperBound))
            #expect(abs(mean - (low + high) / 2) < 0.05 * (high - low))
            #expect(Set(values).count > 1000)
        }
        #expect(pairs.contains { $0.left != $0.right })
    }

    @Test func zerosAreZeroTimesSomething() {
        #expect(Self.operands(.zeros).allSatisfy { $0.left == 0 && (1...2).contains($0.right) })
    }

    @Test func subnormalNumbersAreSubnormal() {
        #expect(
            Self.operands(.subnormal).allSatisfy {
                $0.left.isSubnormal && $0.right.isSubnormal && $0.left * $0.right == 0
            })
        let operands = Self.operands(.subnormalOperand)
        #expect(operands.allSatisfy { $0.left.isSubnormal && (1...2).contains($0.right) })
        #expect(operands.count { ($0.left * $0.right).isSubnormal } > 600)
        #expect(
            Self.operands(.subnormalProduct).allSatisfy {
                $0.left.isNormal && $0.right.isNormal && ($0.left * $0.right).isSubnormal
            })
    }

    @Test func theSeedIsWhatTheyDependOn() {
        let one = Self.operands(.symmetric).map(\.left)
        #expect(Self.operands(.symmetric).map(\.left) == one)
        #expect(Self.operands(.symmetric, seed: 2).map(\.left) != one)
    }
}
