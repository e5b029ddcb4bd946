import Kernels
import Testing

@testable import Engine

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
