/// Copies of weights in another order.
enum Transposition {
    /// target[j, i] = source[i, j].
    static func transpose(_ source: Matrix, into target: Matrix) {
        precondition(target.rows == source.columns && target.columns == source.rows, "not the transposed shape")
        var row = 0
        while row < source.rows {
            if source.rows - row >= Lane.width {
                row += transpose(source, row, into: target, SixteenRowStrip.self)
            } else if source.rows - row >= FourRowStrip.count {
                row += transpose(source, row, into: target, FourRowStrip.self)
            } else {
                for column in 0..<source.columns {
                    target.base[column * target.stride + row] = source.base[row * source.stride + column]
                }
                row += 1
            }
        }
    }

    /// Transposes a strip of rows and returns their number: four columns at a time, and one by one what is left.
    @inline(__always)
    private static func transpose<Strip: RowStrip>(
        _ source: Matrix, _ row: Int, into target: Matrix, _: Strip.Type
    ) -> Int {
        let from = source.base + row * source.stride
        let to = target.base + row
        var column = 0
        while source.columns - column >= 4 {
            Strip.transposeFourColumns(
                from + column, step: source.stride, into: to + column &* target.stride, step: target.stride)
            column += 4
        }
        while column < source.columns {
            for i in 0..<Strip.count { to[column &* target.stride &+ i] = from[i &* source.stride &+ column] }
            column += 1
        }
        return Strip.count
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

/// Rows whose next four columns are transposed in registers.
private protocol RowStrip {
    /// The number of rows.
    static var count: Int { get }
    /// Reads four floats of each row and writes four rows of `count` floats.
    static func transposeFourColumns(
        _ source: UnsafeMutablePointer<Float>, step: Int, into target: UnsafeMutablePointer<Float>, step targetStep: Int
    )
}

/// Sixteen rows. Row i of every four is gathered in one lane, a quarter each, so that all that is left are squares of four
/// within quarters: two shuffles for each lane of the result, none of which crosses a quarter.
private enum SixteenRowStrip: RowStrip {
    static var count: Int { Lane.width }

    @inline(__always)
    static func transposeFourColumns(
        _ source: UnsafeMutablePointer<Float>, step: Int, into target: UnsafeMutablePointer<Float>, step targetStep: Int
    ) {
        @inline(__always) func quarter(_ row: Int) -> SIMD4<Float> {
            UnsafeRawPointer(source + row &* step).loadUnaligned(as: SIMD4<Float>.self)
        }
        @inline(__always) func gather(_ row: Int) -> Lane {
            Lane(
                lowHalf: SIMD8(lowHalf: quarter(row), highHalf: quarter(row + 4)),
                highHalf: SIMD8(lowHalf: quarter(row + 8), highHalf: quarter(row + 12)))
        }
        // The first two of each quarter of a and of b in turns, and the last two.
        @inline(__always) func low(_ a: Lane, _ b: Lane) -> Lane {
            Lane(
                a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5], a[8], b[8], a[9], b[9], a[12], b[12], a[13], b[13])
        }
        @inline(__always) func high(_ a: Lane, _ b: Lane) -> Lane {
            Lane(
                a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7], a[10], b[10], a[11], b[11], a[14], b[14], a[15], b[15])
        }
        let (r0, r1, r2, r3) = (gather(0), gather(1), gather(2), gather(3))
        let (evenLow, oddLow) = (low(r0, r2), low(r1, r3))
        let (evenHigh, oddHigh) = (high(r0, r2), high(r1, r3))
        target.store(low(evenLow, oddLow), at: 0)
        target.store(high(evenLow, oddLow), at: targetStep)
        target.store(low(evenHigh, oddHigh), at: 2 &* targetStep)
        target.store(high(evenHigh, oddHigh), at: 3 &* targetStep)
    }
}

/// Four rows.
private enum FourRowStrip: RowStrip {
    static var count: Int { 4 }

    @inline(__always)
    static func transposeFourColumns(
        _ source: UnsafeMutablePointer<Float>, step: Int, into target: UnsafeMutablePointer<Float>, step targetStep: Int
    ) {
        @inline(__always) func row(_ row: Int) -> SIMD4<Float> {
            UnsafeRawPointer(source + row &* step).loadUnaligned(as: SIMD4<Float>.self)
        }
        let (a, b, c, d) = (row(0), row(1), row(2), row(3))
        for column in 0..<4 {
            UnsafeMutableRawPointer(target + column &* targetStep)
                .storeBytes(of: SIMD4(a[column], b[column], c[column], d[column]), as: SIMD4<Float>.self)
        }
    }
}
