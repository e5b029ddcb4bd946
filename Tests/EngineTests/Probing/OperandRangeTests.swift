import Kernels
import Testing

@testable import Engine

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
