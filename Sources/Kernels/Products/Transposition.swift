/// Copies of weights in another order.
enum Transposition {
    /// The side of a block: its rows read and its rows written fit into the nearest cache together.
    private static let size = 32

    /// target[j, i] = source[i, j], on the team.
    static func transpose(_ source: Matrix, into target: Matrix, team: Team) {
        precondition(target.rows == source.columns && target.columns == source.rows, "not the transposed shape")
        let blocks = (source.rows + size - 1) / size
        team.forEach(blocks, operations: source.count / Lane.width) { block in
            transpose(source, into: target, rows: block * size..<min((block + 1) * size, source.rows))
        }
    }

    /// target[j, i] = source[i, j].
    static func transpose(_ source: Matrix, into target: Matrix) {
        precondition(target.rows == source.columns && target.columns == source.rows, "not the transposed shape")
        for first in stride(from: 0, to: source.rows, by: size) {
            transpose(source, into: target, rows: first..<min(first + size, source.rows))
        }
    }

    private static func transpose(_ source: Matrix, into target: Matrix, rows: Range<Int>) {
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: 8) {
            for column in stride(from: 0, to: source.columns, by: 8) {
                let from = source.base + (row * source.stride + column)
                let to = target.base + (column * target.stride + row)
                if row + 8 <= rows.upperBound && column + 8 <= source.columns {
                    transposeSquare(from, stride: source.stride, into: to, stride: target.stride)
                } else {
                    for i in 0..<min(8, rows.upperBound - row) {
                        for j in 0..<min(8, source.columns - column) {
                            to[j * target.stride + i] = from[i * source.stride + j]
                        }
                    }
                }
            }
        }
    }

    /// Transposes 8×8 floats in registers: pairs of rows, pairs of pairs, halves.
    @inline(__always)
    private static func transposeSquare(
        _ source: UnsafeMutablePointer<Float>, stride sourceStride: Int,
        into target: UnsafeMutablePointer<Float>, stride targetStride: Int
    ) {
        typealias Octet = SIMD8<Float>
        @inline(__always) func load(_ row: Int) -> Octet {
            UnsafeRawPointer(source + row * sourceStride).loadUnaligned(as: Octet.self)
        }
        @inline(__always) func low(_ a: Octet, _ b: Octet) -> Octet {
            Octet(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5])
        }
        @inline(__always) func high(_ a: Octet, _ b: Octet) -> Octet {
            Octet(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7])
        }
        @inline(__always) func lowPairs(_ a: Octet, _ b: Octet) -> Octet {
            Octet(a[0], a[1], b[0], b[1], a[4], a[5], b[4], b[5])
        }
        @inline(__always) func highPairs(_ a: Octet, _ b: Octet) -> Octet {
            Octet(a[2], a[3], b[2], b[3], a[6], a[7], b[6], b[7])
        }
        @inline(__always) func store(_ a: Octet, _ b: Octet, _ row: Int) {
            let target = UnsafeMutableRawPointer(target)
            let (first, second) = (row * targetStride * 4, (row + 4) * targetStride * 4)
            (target + first).storeBytes(of: Octet(lowHalf: a.lowHalf, highHalf: b.lowHalf), as: Octet.self)
            (target + second).storeBytes(of: Octet(lowHalf: a.highHalf, highHalf: b.highHalf), as: Octet.self)
        }
        let (r0, r1, r2, r3) = (load(0), load(1), load(2), load(3))
        let (r4, r5, r6, r7) = (load(4), load(5), load(6), load(7))
        let (a0, a1, a2, a3) = (low(r0, r1), high(r0, r1), low(r2, r3), high(r2, r3))
        let (b0, b1, b2, b3) = (low(r4, r5), high(r4, r5), low(r6, r7), high(r6, r7))
        store(lowPairs(a0, a2), lowPairs(b0, b2), 0)
        store(highPairs(a0, a2), highPairs(b0, b2), 1)
        store(lowPairs(a1, a3), lowPairs(b1, b3), 2)
        store(highPairs(a1, a3), highPairs(b1, b3), 3)
    }

    /// Rearranges convolution weights for the gradient of the data: target[(ky', kx', o), c] = source[(ky, kx, c), o]
    /// with the filter turned by 180°, ky' = kernelHeight − 1 − ky and kx' likewise.
    static func turn(_ source: Matrix, geometry: ConvolutionGeometry, into target: Matrix, team: Team) {
        let taps = geometry.kernelHeight * geometry.kernelWidth
        let channels = geometry.channels
        let outputs = geometry.outputChannels
        team.forEach(taps, operations: source.count / Lane.width) { tap in
            let last = taps - 1 - tap
            transpose(
                source.rows(last * channels..<(last + 1) * channels),
                into: target.rows(tap * outputs..<(tap + 1) * outputs))
        }
    }
}
