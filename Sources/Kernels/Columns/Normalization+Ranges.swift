extension Normalization {
    /// result = Σ weight · values over ranges, in order and in Double; the last may have another weight than each of the others.
    public static func sum(
        _ values: Vector, ranges: Int, weights: (each: Double, last: Double) = (1, 1), into result: Vector
    ) {
        for column in 0..<result.count {
            var sum = 0.0
            for range in 0..<ranges {
                let weight = range == ranges - 1 ? weights.last : weights.each
                sum += weight * Double(values[range * result.count + column])
            }
            result[column] = Float(sum)
        }
    }
}

// MARK: - Short ranges: each image by itself, in groups of columns.

extension Normalization {
    /// The scratch floats that `forwardByRange` needs.
    public static func forwardScratch(ranges: Int, rowsPerRange: Int, columns: Int) -> Int {
        RangeItems(ranges: ranges, rowsPerRange: rowsPerRange, columns: columns).scratch(tables: 2)
    }

    /// Takes the statistics of each range and group, leaves them in `mean` and `inverseDeviation`, and computes output = y,
    /// and x̂ where it is wanted.
    public func forwardByRange(
        _ input: Matrix, epsilon: Double, normalized: Matrix?, into output: Matrix, scratch: Vector, team: Team
    ) {
        check(input, output)
        normalized.map(input.requireSameShape)
        let items = RangeItems(ranges: ranges, rowsPerRange: rowsPerRange, columns: columns)
        let table = items.table(scratch, tables: 2)
        func run<Function: LaneFunction>(_ function: Function.Type) {
            items.forEach(team) { item, range in
                let rows = rows(of: range, in: input.rows)
                let means = table + 2 * item * items.width
                let squares = means + items.width
                BlockMoments.gather(input, rows: rows, means: means, squares: squares)
                if columnsPerGroup == 1 {
                    takeColumns(range, rows: Double(rows.count), epsilon, means: means, squares: squares)
                } else {
                    for column in stride(from: 0, to: columns, by: columnsPerGroup) {
                        takeGroup(
                            range * columns + column, rows: Double(rows.count), epsilon, means: means + column,
                            squares: squares + column)
                    }
                }
                forward(function, input, normalized: normalized, into: output, range, rows)
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    // MARK: Statistics

    /// Those of columns by themselves: μ = mean and σ² = M/rows; without a mean, to which the mean's square is added.
    private func takeColumns(_ range: Int, rows: Double, _ epsilon: Double, means: Doubles, squares: Doubles) {
        @inline(always)
        func variance(_ column: Int) -> DoubleLane {
            var variance = squares.lane(at: column)
            variance.replace(with: DoubleLane(), where: variance .< DoubleLane())
            variance /= rows
            if mean == nil { variance.addProduct(means.lane(at: column), means.lane(at: column)) }
            return variance
        }
        @inline(always)
        func inverse(_ column: Int) -> SIMD8<Float> { (1 / (variance(column) + epsilon).squareRoot()).narrowed }
        for column in stride(from: 0, to: columns, by: Lane.width) {
            let (start, count) = (range * columns + column, columns - column)
            mean?.base.store(means.wide(at: column).narrowed, at: start, first: count)
            inverseDeviation.base.store(
                Lane(lowHalf: inverse(column), highHalf: inverse(column + DoubleLane.scalarCount)), at: start,
                first: count)
        }
    }

    /// Those of a group of several columns: μ = mean of means and n · σ² = Σ M + rows · Σ (mean − μ)², which without a mean is
    /// the sum of squares, μ being 0.
    private func takeGroup(_ start: Int, rows: Double, _ epsilon: Double, means: Doubles, squares: Doubles) {
        let count = Double(columnsPerGroup)
        let average = mean == nil ? 0 : orderedSum(columnsPerGroup) { means.lane(at: $0) } / count
        @inline(always)
        func square(_ column: Int) -> DoubleLane {
            let difference = means.lane(at: column) - average
            return difference * difference
        }
        let between = orderedSum(columnsPerGroup, square)
        let within = orderedSum(columnsPerGroup) { squares.lane(at: $0) }
        let sum = max(within.addingProduct(rows, between), 0)
        let inverse = 1 / (sum / (rows * count) + epsilon).squareRoot()
        mean?.range(start..<start + columnsPerGroup).fill(Float(average))
        inverseDeviation.range(start..<start + columnsPerGroup).fill(Float(inverse))
    }
}

extension Normalization {
    /// The scratch floats that `backwardByRange` needs.
    public static func gradientScratch(ranges: Int, rowsPerRange: Int, columns: Int) -> Int {
        RangeItems(ranges: ranges, rowsPerRange: rowsPerRange, columns: columns).scratch(tables: 6)
    }

    /// sum = Σ dz, which is dβ, and productSum = Σ dz·x̂, which is dγ, of each column over all ranges, and
    ///
    ///     inputGradient = 1/√(σ² + ε) · (γ·dz − mean(γ·dz) − x̂ · mean(γ·dz·x̂))
    ///
    /// with the means over range and group. Sums are in Double, those of the columns of a group, and of the ranges, in order.
    ///
    /// - Parameter inputGradient: Overwritten; may be `outputGradient` itself; nil if it is not needed.
    public func backwardByRange(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, sum: Vector, productSum: Vector,
        into inputGradient: Matrix?, scratch: Vector, team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        inputGradient.map(input.requireSameShape)
        precondition(sum.count == columns && productSum.count == columns, "one sum for each column")
        let items = RangeItems(ranges: ranges, rowsPerRange: rowsPerRange, columns: columns)
        let table = items.table(scratch, tables: 6)
        func run<Function: LaneFunction>(_: Function.Type) {
            let slopes = Slopes<Function>(input: input, output: output, outputGradient: outputGradient)
            items.forEach(team) { item, range in
                let rows = rows(of: range, in: input.rows)
                let tables = RangeSums(table, item, width: items.width)
                self.sum(slopes, range, rows, columns: 0..<columns, neighbours: .below) { column, sums in
                    tables.store(sums, column, isFirst: items.isFirst(range))
                }
                guard let inputGradient else { return }
                takeMeans(tables, rows: rows.count)
                groupGradient(slopes, into: inputGradient, range, rows) {
                    (tables.mean.wide(at: $0).narrowed, tables.meanProduct.wide(at: $0).narrowed)
                }
            }
        }
        nonlinearity.withFunction { run($0) }
        for column in stride(from: 0, to: columns, by: Lane.width) {
            var (total, productTotal) = (WideLane(), WideLane())
            for item in 0..<items.count {
                let tables = RangeSums(table, item, width: items.width)
                total.add(tables.total.wide(at: column))
                productTotal.add(tables.productTotal.wide(at: column))
            }
            sum.base.store(total.narrowed, at: column, first: columns - column)
            productSum.base.store(productTotal.narrowed, at: column, first: columns - column)
        }
    }

    /// The means of γ·dz, or 0 if there is no mean, and of γ·dz·x̂ over each group, from the sums of the range's columns.
    private func takeMeans(_ tables: RangeSums, rows: Int) {
        let count = Double(rows * columnsPerGroup)
        for column in stride(from: 0, to: columns, by: columnsPerGroup) {
            @inline(always)
            func average(of sums: Doubles) -> Double {
                @inline(always)
                func product(_ index: Int) -> DoubleLane {
                    let scale = scale?.base.doubleLane(at: column + index) ?? DoubleLane(repeating: 1)
                    return scale * sums.lane(at: column + index)
                }
                return orderedSum(columnsPerGroup, product) / count
            }
            tables.mean.fill(mean == nil ? 0 : average(of: tables.sum), at: column, count: columnsPerGroup)
            tables.meanProduct.fill(average(of: tables.productSum), at: column, count: columnsPerGroup)
        }
    }
}

/// The sums of an item's ranges so far, those of the range at hand, and the means of this one's groups.
private struct RangeSums {
    let total, productTotal, sum, productSum, mean, meanProduct: Doubles

    init(_ table: Doubles, _ item: Int, width: Int) {
        total = table + 6 * item * width
        productTotal = total + width
        sum = productTotal + width
        productSum = sum + width
        mean = productSum + width
        meanProduct = mean + width
    }

    /// Stores sums of a range, and adds them to those of the ranges before.
    @inline(__always)
    func store(_ sums: ColumnTraversal.Sums, _ column: Int, isFirst: Bool) {
        sum.store(sums.first, at: column)
        productSum.store(sums.second, at: column)
        var (first, second) = (sums.first, sums.second)
        if !isFirst {
            (first, second) = (total.wide(at: column), productTotal.wide(at: column))
            first.add(sums.first)
            second.add(sums.second)
        }
        total.store(first, at: column)
        productTotal.store(second, at: column)
    }
}

/// The sum of some doubles in one fixed order: eight running sums that are added from left to right, then what is left over.
@inline(__always)
private func orderedSum(_ count: Int, _ lane: (_ index: Int) -> DoubleLane) -> Double {
    let whole = count & ~(DoubleLane.scalarCount - 1)
    var total = 0.0
    if whole > 0 {
        var sums = DoubleLane()
        for index in stride(from: 0, to: whole, by: DoubleLane.scalarCount) { sums += lane(index) }
        for index in 0..<DoubleLane.scalarCount { total += sums[index] }
    }
    if whole < count {
        let rest = lane(whole)
        for index in 0..<count - whole { total += rest[index] }
    }
    return total
}

/// Ranges shared out among threads, one or several an item: small ones together, whose sums are then one chain.
private struct RangeItems: Sendable {
    private let ranges: Int
    private let rangesPerItem: Int
    let count: Int
    /// The doubles that one value of each column takes, and a lane more: the sum of a group reaches into it, and not into what
    /// another thread writes.
    let width: Int

    init(ranges: Int, rowsPerRange: Int, columns: Int) {
        precondition(rowsPerRange > 0, "ranges of \(rowsPerRange) rows")
        self.ranges = ranges
        rangesPerItem = max(1, Numerics.floatsPerChain / (rowsPerRange * max(columns, Lane.width)))
        count = (ranges + rangesPerItem - 1) / rangesPerItem
        width = BlockSums.width(columns) + DoubleLane.scalarCount
    }

    /// The scratch floats for some tables an item, each with one value of each column.
    func scratch(tables: Int) -> Int { Doubles.scratch(count * tables * width) }
    func table(_ scratch: Vector, tables: Int) -> Doubles { Doubles(scratch, count: count * tables * width) }

    /// Whether a range is the first of its item.
    func isFirst(_ range: Int) -> Bool { range.isMultiple(of: rangesPerItem) }

    func forEach(_ team: Team, _ body: @Sendable (_ item: Int, _ range: Int) -> Void) {
        team.forEach(count) { item in
            for range in item * rangesPerItem..<min((item + 1) * rangesPerItem, ranges) { body(item, range) }
        }
    }
}
