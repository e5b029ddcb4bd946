/// Sorts the columns of a matrix of few rows, sixteen at a time: each lane of a sorting network's comparisons is a column.
///
/// The network is Batcher's in the form for any number of rows (Knuth, The Art of Computer Programming, volume 3,
/// algorithm 5.2.2 M). It takes about (log₂ rows)² / 4 comparisons a row, of which a processor makes sixteen at once.
enum ColumnSort {
    /// The most rows for which this is quicker than counting.
    static let mostRows = 1024

    /// The integers of scratch memory for sixteen columns.
    static func scratch(rows: Int) -> Int { rows * Lane.width }

    /// Writes the keys of up to sixteen columns to scratch memory, each column in increasing order: row after row, sixteen
    /// keys each. What stands behind the last column never matters.
    static func sort(_ matrix: Matrix, column: Int, into scratch: UnsafeMutablePointer<UInt32>) {
        let memory = UnsafeMutableRawPointer(scratch)
        let rows = matrix.rows
        for row in 0..<rows {
            let keys = FloatKey.of(matrix.base.lane(at: row * matrix.stride + column))
            (memory + row * 64).storeBytes(of: keys, as: SIMD16<UInt32>.self)
        }
        guard rows > 1 else { return }
        var top = 1
        while top * 2 < rows { top *= 2 }
        var bit = top
        while bit > 0 {
            var (limit, wanted, distance) = (top, 0, bit)
            while true {
                // The rows i whose bit is as wanted are compared with i + distance.
                for start in stride(from: wanted, to: rows - distance, by: 2 * bit) {
                    for row in start..<min(start + bit, rows - distance) {
                        exchange(memory + row * 64, memory + (row + distance) * 64)
                    }
                }
                if limit == bit { break }
                (distance, limit, wanted) = (limit - bit, limit / 2, bit)
            }
            bit /= 2
        }
    }

    /// Puts the lesser of two rows' keys into the first, column by column, and the greater into the second.
    @inline(__always)
    private static func exchange(_ first: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer) {
        let a = first.loadUnaligned(as: SIMD16<UInt32>.self)
        let b = second.loadUnaligned(as: SIMD16<UInt32>.self)
        let isSorted: SIMDMask<SIMD16<Int32>> = a .< b
        first.storeBytes(of: b.replacing(with: a, where: isSorted), as: SIMD16<UInt32>.self)
        second.storeBytes(of: a.replacing(with: b, where: isSorted), as: SIMD16<UInt32>.self)
    }
}
