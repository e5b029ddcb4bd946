/// The three products of a dense layer: y = x·W + b and its two gradients.
///
/// Inputs are [batch × inputs], weights [inputs × outputs], outputs [batch × outputs].
/// `forward` and `dataGradient` compute every element as one chain of fused multiply-adds in the order of the reduction;
/// `weightGradient` as one chain for every `Numerics.rowsPerBlock` samples, the chains added in order in Double.
/// Complexity of each: batch · inputs · outputs multiply-adds.
public enum MatrixProduct {
    /// output = f(input · weight + bias). The bias starts each chain.
    ///
    /// - Parameter epilogue: f; it gathers no moments.
    public static func forward(
        _ input: Matrix, _ weight: Matrix, bias: Vector?, into output: Matrix,
        epilogue: Epilogue = .none, team: Team
    ) {
        precondition(epilogue.moments == nil, "blocks of a matrix product are not blocks of moments")
        precondition(input.columns == weight.rows, "\(input.columns) inputs, \(weight.rows) rows of weights")
        precondition(output.rows == input.rows && output.columns == weight.columns, "the output does not fit")
        precondition(bias.map { $0.count == weight.columns } ?? true, "one bias for each output")
        var product = product(input, weight, into: output)
        if let bias { product.start = .row(bias.base) }
        product.compute(team: team) { rows, columns in
            epilogue.map(output, rows: rows, columns: columns)
        }
    }

    /// The scratch floats that `dataGradient` needs: the transposed weights.
    public static func dataGradientScratch(inputs: Int, outputs: Int) -> Int {
        panels(inputs) * panelSize(outputs: outputs) + Storage.slack
    }

    /// inputGradient = outputGradient · weightᵀ. Overwrites, or adds.
    ///
    /// The thread that computes a panel of columns transposes the weights for it, so they stay in its nearest caches.
    ///
    /// - Parameter adds: Whether the gradient is added to what `inputGradient` holds.
    public static func dataGradient(
        _ outputGradient: Matrix, _ weight: Matrix, into inputGradient: Matrix, adds: Bool = false, scratch: Vector,
        team: Team
    ) {
        precondition(outputGradient.columns == weight.columns, "the output gradient does not fit the weights")
        precondition(inputGradient.columns == weight.rows, "the input gradient does not fit the weights")
        precondition(inputGradient.rows == outputGradient.rows, "the gradients differ in rows")
        let needed = dataGradientScratch(inputs: weight.rows, outputs: weight.columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        let (width, size) = (TileShape.columns, panelSize(outputs: weight.columns))
        let operations = inputGradient.count * weight.columns / Lane.width
        team.forEach(panels(weight.rows), operations: operations) { panel in
            let columns = panel * width..<min((panel + 1) * width, weight.rows)
            let transposed = Matrix(
                scratch.base + panel * size, rows: weight.columns, columns: columns.count, stride: width)
            Transposition.transpose(weight.rows(columns), into: transposed)
            var product = product(outputGradient, transposed, into: inputGradient.columns(columns))
            product.addsToTarget = adds
            product.compute()
        }
    }

    private static func panels(_ columns: Int) -> Int { (columns + TileShape.columns - 1) / TileShape.columns }
    /// The floats of a panel of transposed weights, whole cache lines.
    private static func panelSize(outputs: Int) -> Int { outputs * TileShape.columns }

    private static func product(_ a: Matrix, _ b: Matrix, into c: Matrix) -> Product {
        Product(
            a: a.base, aStep: a.stride, rows: a.rows,
            reduction: Product.Reduction(
                counts: (1, 1, a.columns), aSteps: (0, 0, 1), bSteps: (0, 0, b.stride)),
            b: b.base, columns: b.columns, c: c.base, cStep: c.stride)
    }

    /// The scratch floats that `weightGradient` needs: none up to 256 samples.
    public static func weightGradientScratch(rows: Int, inputs: Int, outputs: Int) -> Int {
        PartialSums.scratch(parts: parts(rows: rows), rows: inputs, columns: outputs)
    }

    /// weightGradient = inputᵀ · outputGradient. Overwrites.
    public static func weightGradient(
        _ input: Matrix, _ outputGradient: Matrix, into weightGradient: Matrix, scratch: Vector, team: Team
    ) {
        precondition(input.rows == outputGradient.rows, "input and output gradient differ in rows")
        precondition(
            weightGradient.rows == input.columns && weightGradient.columns == outputGradient.columns,
            "the weight gradient is inputs × outputs")
        @Sendable func product(_ first: Int, _ count: Int, into target: Matrix) -> Product {
            Product(
                a: input.base + first * input.stride, aStep: 1, rows: input.columns,
                reduction: Product.Reduction(
                    counts: (1, 1, count), aSteps: (0, 0, input.stride), bSteps: (0, 0, outputGradient.stride)),
                b: outputGradient.base + first * outputGradient.stride, columns: target.columns, c: target.base,
                cStep: target.stride)
        }
        let parts = parts(rows: input.rows)
        guard parts > 1 else {
            product(0, input.rows, into: weightGradient).compute(team: team) { _, _ in }
            return
        }
        let sums = PartialSums(parts: parts, into: weightGradient, scratch: scratch)
        sums.compute(team: team, operations: input.rows * weightGradient.count / Lane.width) { part, target, columns in
            let rows = Numerics.rows(ofBlock: part, in: input.rows)
            product(rows.lowerBound, rows.count, into: target)
                .part(rows: 0..<target.rows, columns: columns).compute()
        }
    }

    private static func parts(rows: Int) -> Int { max(1, Numerics.blocks(of: rows)) }
}

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

    /// Rearranges convolution weights for the gradient of the data: target[(ky', kx', o), c] = source[(ky, kx, c), o] with the
    /// same taps, or with the filter turned by 180°: ky' = kernelHeight − 1 − ky, and kx' likewise.
    static func transposeTaps(
        _ source: Matrix, geometry: ConvolutionGeometry, turns: Bool, into target: Matrix, team: Team
    ) {
        let (channels, outputs) = (geometry.channels, geometry.outputChannels)
        let taps = geometry.kernelHeight * geometry.kernelWidth
        team.forEach(taps, operations: source.count / Lane.width) { tap in
            let from = turns ? taps - 1 - tap : tap
            transpose(
                source.rows(from * channels..<(from + 1) * channels),
                into: target.rows(tap * outputs..<(tap + 1) * outputs))
        }
    }
}

/// Rows whose next four columns are transposed in registers.
private protocol RowStrip {
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

/// A product with a long reduction, cut into parts that are computed side by side and then added in order.
///
/// The number of parts must follow from shapes alone: it decides the rounding.
struct PartialSums {
    private let parts: Int
    private let result: Matrix
    private let scratch: Vector

    /// The scratch floats for `parts` partial results; a single part is computed in place.
    static func scratch(parts: Int, rows: Int, columns: Int) -> Int {
        parts > 1 ? parts * rows * columns + Storage.slack : 0
    }

    init(parts: Int, into result: Matrix, scratch: Vector) {
        let needed = PartialSums.scratch(parts: parts, rows: result.rows, columns: result.columns)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.parts = parts
        self.result = result
        self.scratch = scratch
    }

    /// Computes the result on the team.
    ///
    /// - Parameters:
    ///   - operations: Whole lanes of work in all.
    ///   - product: Computes some columns of one part into a matrix of the result's shape.
    func compute(
        team: Team, operations: Int, product: @Sendable (_ part: Int, _ target: Matrix, _ columns: Range<Int>) -> Void
    ) {
        let width = TileShape.columns
        let panels = (result.columns + width - 1) / width
        team.forEach(parts * panels, operations: operations) { item in
            let (part, panel) = item.quotientAndRemainder(dividingBy: panels)
            product(part, target(part), panel * width..<min((panel + 1) * width, result.columns))
        }
        guard parts > 1 else { return }
        let rowsPerItem = max(1, Team.floatsPerItem / max(parts * result.columns, 1))
        let items = (result.rows + rowsPerItem - 1) / rowsPerItem
        team.forEach(items, operations: parts * result.count / Lane.width) { item in
            for row in item * rowsPerItem..<min((item + 1) * rowsPerItem, result.rows) { add(row: row) }
        }
    }

    private func target(_ part: Int) -> Matrix {
        guard parts > 1 else { return result }
        return scratch.range(part * result.count..<(part + 1) * result.count)
            .matrix(rows: result.rows, columns: result.columns)
    }

    /// Adds the parts of one row, first to last, in Double.
    private func add(row: Int) {
        let source = scratch.base + row * result.columns
        let target = result.base + row * result.stride
        for column in stride(from: 0, to: result.columns, by: Lane.width) {
            var low = DoubleLane()
            var high = DoubleLane()
            for part in 0..<parts {
                let offset = part * result.count + column
                low += source.doubleLane(at: offset)
                high += source.doubleLane(at: offset + DoubleLane.scalarCount)
            }
            let sum = Lane(lowHalf: low.narrowed, highHalf: high.narrowed)
            target.store(sum, at: column, first: result.columns - column)
        }
    }
}
