/// The deviations of a matrix's elements from a centre of each column, by their absolute values: what normalizations by
/// other norms than the variance's need.
///
/// Complexity of each pass: rows · columns.
public struct ColumnDeviations: Sendable {
    /// The centre of each column.
    public var center: Vector

    /// Deviations from the given centres.
    public init(from center: Vector) { self.center = center }

    /// The scratch floats that any function here needs for a matrix of this shape.
    public static func scratch(rows: Int, columns: Int) -> Int {
        max(ColumnSums.scratch(rows: rows, columns: columns), PeakTable.scratch(rows: rows, columns: columns))
    }

    /// With u[i, j] = input[i, j] − center[j]: norm[j] = mean of |u[i, j]|, and sign[j] = mean of sgn u[i, j], where sgn 0
    /// is 0. One pass, in Double.
    public func absoluteMeans(_ input: Matrix, norm: Vector, sign: Vector, scratch: Vector, team: Team) {
        check(input, norm, sign)
        let sums = ColumnSums(rows: input.rows, columns: input.columns, scratch: scratch)
        sums.compute(AbsoluteTerms(input: input, center: center), team: team)
        let count = Double(max(input.rows, 1))
        for column in 0..<input.columns {
            sign.base[column] = Float(sums.first[column] / count)
            norm.base[column] = Float(sums.second[column] / count)
        }
    }

    /// peak[j] = the u[i, j] = input[i, j] − center[j] of the greatest absolute value in its column, and place[j] its row:
    /// the first of equals. Rows are whole numbers in the bits of a float. A NaN is never the greatest.
    public func peaks(_ input: Matrix, peak: Vector, place: Vector, scratch: Vector, team: Team) {
        check(input, peak, place)
        precondition(input.rows > 0, "a peak needs a row")
        let table = PeakTable(rows: input.rows, columns: input.columns, scratch: scratch)
        table.gather(input, center: center, team: team)
        for column in 0..<input.columns {
            let row = table.row(column: column)
            peak.base[column] = input.base[row * input.stride + column] - center.base[column]
            place.base[column] = Float(bitPattern: UInt32(row))
        }
    }

    /// matrix[i, j] += summand[j] for the row i = place[j] of each column, as `peaks` has left it.
    public static func add(_ summand: Vector, at place: Vector, to matrix: Matrix) {
        precondition(summand.count == matrix.columns && place.count == matrix.columns, "one place a column")
        for column in 0..<matrix.columns {
            let row = Int(place.base[column].bitPattern)
            matrix[row, column] += summand.base[column]
        }
    }

    private func check(_ input: Matrix, _ first: Vector, _ second: Vector) {
        precondition(
            center.count == input.columns && first.count == input.columns && second.count == input.columns,
            "one of each a column")
    }
}

extension SIMD16 where Scalar == Float {
    /// −1, 0 or 1 in each place; 0 where there is a NaN.
    @inline(__always)
    var signs: Lane {
        Lane().replacing(with: Lane(repeating: 1), where: self .> Lane())
            .replacing(with: Lane(repeating: -1), where: self .< Lane())
    }
}

/// Σ sgn u and Σ |u|.
private struct AbsoluteTerms: ColumnTerms {
    let input: Matrix
    let center: Vector

    @inline(__always)
    func parameters(column: Int) -> Lane { center.base.lane(at: column) }

    @inline(__always)
    func add(row: Int, column: Int, _ center: Lane, to sums: inout ColumnSums.Pair) {
        let deviation = input.base.lane(at: row * input.stride + column) - center
        sums.add(deviation.signs, times: deviation)
    }
}

/// The greatest absolute deviations of each column, block of rows by block of rows, with their rows.
private struct PeakTable: @unchecked Sendable {
    private static let rowsPerBlock = 256

    private let rows: Int
    private let columns: Int
    private let width: Int
    /// For each block a row of greatest values and a row of their rows.
    private let table: UnsafeMutablePointer<Float>

    static func scratch(rows: Int, columns: Int) -> Int {
        2 * blocks(rows) * width(columns)
    }

    init(rows: Int, columns: Int, scratch: Vector) {
        let needed = PeakTable.scratch(rows: rows, columns: columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.rows = rows
        self.columns = columns
        width = PeakTable.width(columns)
        table = scratch.base
    }

    private static func blocks(_ rows: Int) -> Int { (rows + rowsPerBlock - 1) / rowsPerBlock }
    private static func width(_ columns: Int) -> Int { (columns + Lane.width - 1) / Lane.width * Lane.width }

    /// Gathers all blocks on the team.
    func gather(_ input: Matrix, center: Vector, team: Team) {
        team.forEach(PeakTable.blocks(rows), operations: rows * width / Lane.width) { block in
            for column in stride(from: 0, to: width, by: Lane.width) {
                gather(input, center: center, block: block, column: column)
            }
        }
    }

    @inline(__always)
    private func gather(_ input: Matrix, center: Vector, block: Int, column: Int) {
        let range = block * PeakTable.rowsPerBlock..<min((block + 1) * PeakTable.rowsPerBlock, rows)
        let center = center.base.lane(at: column)
        var best = Lane(repeating: -1)
        var places = SIMD16<Int32>(repeating: Int32(range.lowerBound))
        var source = input.base + (range.lowerBound * input.stride + column)
        for row in range {
            let deviation = source.lane(at: 0) - center
            let magnitude = deviation.replacing(with: -deviation, where: deviation .< Lane())
            let isGreater = magnitude .> best
            best.replace(with: magnitude, where: isGreater)
            places.replace(with: SIMD16<Int32>(repeating: Int32(truncatingIfNeeded: row)), where: isGreater)
            source += input.stride
        }
        let target = table + (2 * block * width + column)
        target.store(best, at: 0)
        target.store(unsafeBitCast(places, to: Lane.self), at: width)
    }

    /// The row of the first greatest value of a column.
    func row(column: Int) -> Int {
        var best = table[column]
        var row = table[width + column].bitPattern
        for block in 1..<max(PeakTable.blocks(rows), 1) {
            let place = 2 * block * width + column
            if table[place] > best {
                best = table[place]
                row = table[place + width].bitPattern
            }
        }
        return Int(row)
    }
}
