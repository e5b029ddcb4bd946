/// The normalization of each image by itself, over its positions and over groups of neighbouring columns, and the
/// nonlinearity after it:
///
///     x̂[i, j] = (x[i, j] − mean) · inverseDeviation,   y[i, j] = f(x̂[i, j] · scale[j] + shift[j])
///
/// with the mean and 1/√(σ² + ε) of the values of image and group that [i, j] belongs to, σ² biased. With one group for all
/// columns it is layer normalization (Ba, Kiros & Hinton 2016), with one for each column instance normalization (Ulyanov,
/// Vedaldi & Lempitsky 2016), else group normalization (Wu & He 2018).
///
/// Images are independent, so each is done by one thread from end to end, while it is in the cache; small ones are done
/// several at a time. Statistics are taken in Double: those of each column by ``ShiftedMoments``, which are then joined over
/// the columns of a group in order. x̂ is not kept: the backward pass computes it again, to the same bits.
/// Complexity of each pass: rows · columns.
public struct GroupStandardization: Sendable {
    /// The rows of an image: its positions.
    public var rowsPerImage: Int
    /// The columns of a group, a divisor of their number.
    public var columnsPerGroup: Int
    public var epsilon: Double
    /// Where the forward pass leaves μ, and the backward pass reads it: [images × columns], the same for all columns of a
    /// group.
    public var mean: Matrix
    /// Likewise 1/√(σ² + ε).
    public var inverseDeviation: Matrix
    /// γ of each column.
    public var scale: Vector
    /// β of each column.
    public var shift: Vector
    public var nonlinearity: Nonlinearity

    /// A normalization of images of `rowsPerImage` rows.
    public init(
        rowsPerImage: Int, columnsPerGroup: Int, epsilon: Double, mean: Matrix, inverseDeviation: Matrix,
        scale: Vector, shift: Vector, nonlinearity: Nonlinearity = .identity
    ) {
        let columns = scale.count
        precondition(
            rowsPerImage > 0 && columnsPerGroup > 0 && columns % columnsPerGroup == 0,
            "\(columns) columns in groups of \(columnsPerGroup)")
        precondition(
            shift.count == columns && mean.columns == columns && inverseDeviation.columns == columns
                && mean.rows == inverseDeviation.rows, "one of each a column")
        self.rowsPerImage = rowsPerImage
        self.columnsPerGroup = columnsPerGroup
        self.epsilon = epsilon
        self.mean = mean
        self.inverseDeviation = inverseDeviation
        self.scale = scale
        self.shift = shift
        self.nonlinearity = nonlinearity
    }

    /// The scratch floats that `forward` needs.
    public static func forwardScratch(images: Int, rowsPerImage: Int, columns: Int) -> Int {
        ImageItems.scratch(images: images, rowsPerImage: rowsPerImage, columns: columns, rows: 2)
    }

    /// Takes the statistics of each image and computes output = y, and x̂ where it is wanted.
    ///
    /// - Parameter normalized: x̂; nil if it is not needed.
    public func forward(_ input: Matrix, normalized: Matrix?, into output: Matrix, scratch: Vector, team: Team) {
        check(input, output)
        if let normalized { input.requireSameShape(normalized) }
        let items = ImageItems(
            images: mean.rows, rowsPerImage: rowsPerImage, columns: scale.count, rows: 2, scratch: scratch)
        func run<Function: LaneFunction>(_: Function.Type) {
            items.forEach(team) { image, _, scratch in
                let rows = rows(of: image)
                let input = input.rows(rows)
                takeStatistics(of: image, input, means: scratch, squares: scratch + items.width)
                let parameters = standardization(of: image)
                if let normalized {
                    NormalizedMap(input: input, parameters: parameters)
                        .store(into: normalized.rows(rows), rows: 0..<rowsPerImage)
                }
                ForwardMap<Function>(input: input, parameters: parameters)
                    .store(into: output.rows(rows), rows: 0..<rowsPerImage)
            }
        }
        nonlinearity.withFunction { run($0) }
    }

    func rows(of image: Int) -> Range<Int> { image * rowsPerImage..<(image + 1) * rowsPerImage }

    /// What an image is normalized by.
    func standardization(of image: Int) -> Standardization {
        Standardization(
            mean: mean.row(image), inverseDeviation: inverseDeviation.row(image), scale: scale, shift: shift,
            nonlinearity: nonlinearity)
    }

    func check(_ input: Matrix, _ output: Matrix) {
        precondition(
            input.rows == mean.rows * rowsPerImage && input.columns == scale.count,
            "\(mean.rows) images of \(rowsPerImage)×\(scale.count), not \(input.rows)×\(input.columns)")
        input.requireSameShape(output)
    }

    // MARK: Statistics

    /// The mean and 1/√(σ² + ε) of each group of an image.
    private func takeStatistics(
        of image: Int, _ input: Matrix, means: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>
    ) {
        ShiftedMoments.gather(input, means: means, squares: squares)
        let averages = mean.base + image * mean.stride
        let inverses = inverseDeviation.base + image * inverseDeviation.stride
        if columnsPerGroup == 1 {
            takeColumns(means: means, squares: squares, averages: averages, inverses: inverses)
        } else {
            for column in stride(from: 0, to: scale.count, by: columnsPerGroup) {
                takeGroup(
                    means: means + column, squares: squares + column, averages: averages + column,
                    inverses: inverses + column)
            }
        }
    }

    /// Of columns by themselves: μ = mean and rows · σ² = M.
    @inline(__always)
    private func takeColumns(
        means: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>,
        averages: UnsafeMutablePointer<Float>, inverses: UnsafeMutablePointer<Float>
    ) {
        func inverse(_ column: Int) -> SIMD8<Float> {
            var variance = squares.lane(at: column)
            variance.replace(with: DoubleLane(), where: variance .< DoubleLane())
            return (1 / (variance / Double(rowsPerImage) + epsilon).squareRoot()).narrowed
        }
        for column in stride(from: 0, to: scale.count, by: Lane.width) {
            let (next, count) = (column + DoubleLane.scalarCount, scale.count - column)
            averages.store(
                Lane(lowHalf: means.lane(at: column).narrowed, highHalf: means.lane(at: next).narrowed), at: column,
                first: count)
            inverses.store(Lane(lowHalf: inverse(column), highHalf: inverse(next)), at: column, first: count)
        }
    }

    /// Of several columns, over their means and sums of squared deviations: μ = mean of means and
    /// n · σ² = Σ M + rows · Σ (mean − μ)².
    @inline(__always)
    private func takeGroup(
        means: UnsafeMutablePointer<Double>, squares: UnsafeMutablePointer<Double>,
        averages: UnsafeMutablePointer<Float>, inverses: UnsafeMutablePointer<Float>
    ) {
        let (columns, rows) = (columnsPerGroup, Double(rowsPerImage))
        let average = OrderedSum.of(columns, { means.lane(at: $0) }, { means[$0] }) / Double(columns)
        let between = OrderedSum.of(
            columns,
            {
                let difference = means.lane(at: $0) - average
                return difference * difference
            },
            {
                let difference = means[$0] - average
                return difference * difference
            })
        let within = OrderedSum.of(columns, { squares.lane(at: $0) }, { squares[$0] })
        let sum = max(within.addingProduct(rows, between), 0)
        let inverse = 1 / (sum / (rows * Double(columns)) + epsilon).squareRoot()
        averages.update(repeating: Float(average), count: columns)
        inverses.update(repeating: Float(inverse), count: columns)
    }
}

/// Sums of doubles in one fixed order: eight running sums that are added from left to right, then what is left over.
enum OrderedSum {
    /// - Parameters:
    ///   - count: The number of values.
    ///   - lane: The eight values from an index on.
    ///   - value: A single value, for the last seven at most.
    @inline(__always)
    static func of(_ count: Int, _ lane: (Int) -> DoubleLane, _ value: (Int) -> Double) -> Double {
        let whole = count & ~(DoubleLane.scalarCount - 1)
        var total = 0.0
        if whole > 0 {
            var sums = DoubleLane()
            for index in stride(from: 0, to: whole, by: DoubleLane.scalarCount) { sums += lane(index) }
            for place in 0..<DoubleLane.scalarCount { total += sums[place] }
        }
        for index in whole..<count { total += value(index) }
        return total
    }
}

/// Images shared out among threads, one or several an item, with some rows of scratch for each item.
struct ImageItems: @unchecked Sendable {
    /// The floats that one item handles, about.
    private static let floatsPerItem = 16_384

    /// The doubles of a row of scratch: one a column, in whole panels.
    let width: Int
    let count: Int
    private let images: Int
    private let imagesPerItem: Int
    private let rows: Int
    private let scratch: UnsafeMutablePointer<Double>

    private static func imagesPerItem(_ rowsPerImage: Int, _ columns: Int) -> Int {
        max(1, floatsPerItem / (rowsPerImage * max(columns, Lane.width)))
    }

    private static func count(_ images: Int, _ rowsPerImage: Int, _ columns: Int) -> Int {
        let perItem = imagesPerItem(rowsPerImage, columns)
        return (images + perItem - 1) / perItem
    }

    /// The scratch floats for a number of rows per item.
    static func scratch(images: Int, rowsPerImage: Int, columns: Int, rows: Int) -> Int {
        let doubles = count(images, rowsPerImage, columns) * rows * ColumnSums.width(columns)
        return 2 * doubles + Storage.alignment / MemoryLayout<Float>.stride
    }

    init(images: Int, rowsPerImage: Int, columns: Int, rows: Int, scratch: Vector) {
        let needed = ImageItems.scratch(images: images, rowsPerImage: rowsPerImage, columns: columns, rows: rows)
        precondition(scratch.count >= needed, "\(needed) floats of scratch needed, \(scratch.count) given")
        self.images = images
        self.rows = rows
        width = ColumnSums.width(columns)
        imagesPerItem = ImageItems.imagesPerItem(rowsPerImage, columns)
        count = ImageItems.count(images, rowsPerImage, columns)
        self.scratch = UnsafeMutableRawPointer(scratch.base).alignedUp(toMultipleOf: Storage.alignment)
            .assumingMemoryBound(to: Double.self)
    }

    /// The scratch of an item.
    func scratch(of item: Int) -> UnsafeMutablePointer<Double> { scratch + item * rows * width }

    /// Calls `body` for every image, with whether it is its item's first and the item's scratch.
    func forEach(
        _ team: Team, _ body: @Sendable (_ image: Int, _ isFirst: Bool, _ scratch: UnsafeMutablePointer<Double>) -> Void
    ) {
        team.forEach(count) { item in
            let first = item * imagesPerItem
            for image in first..<min(first + imagesPerItem, images) {
                body(image, image == first, scratch(of: item))
            }
        }
    }
}

extension Matrix {
    @inline(__always)
    func row(_ index: Int) -> Vector { Vector(base + index * stride, count: columns) }
}

extension GroupStandardization {
    /// The scratch floats that `gradient` needs.
    public static func gradientScratch(images: Int, rowsPerImage: Int, columns: Int) -> Int {
        ImageItems.scratch(images: images, rowsPerImage: rowsPerImage, columns: columns, rows: 5)
    }

    /// The backward pass. With dz = dy · f′, the gradient in front of the nonlinearity:
    /// sum[j] = Σ dz[i, j], which is dβ, and productSum[j] = Σ dz[i, j] · x̂[i, j], which is dγ, over all images, and
    ///
    ///     inputGradient = inverseDeviation · (γ·dz − mean(γ·dz) − x̂ · mean(γ·dz · x̂))
    ///
    /// with the means over the values of an image and group: the statistics depend on the input, and the two means are what
    /// comes back through them. Sums are in Double, those of the columns of a group, and of the images, in order.
    ///
    /// - Parameter inputGradient: Overwritten; may be `outputGradient` itself; nil if it is not needed.
    public func gradient(
        _ input: Matrix, output: Matrix, outputGradient: Matrix, sum: Vector, productSum: Vector,
        into inputGradient: Matrix?, scratch: Vector, team: Team
    ) {
        check(input, output)
        outputGradient.requireSameShape(input)
        if let inputGradient { inputGradient.requireSameShape(input) }
        precondition(sum.count == scale.count && productSum.count == scale.count, "one sum for each column")
        let items = ImageItems(
            images: mean.rows, rowsPerImage: rowsPerImage, columns: scale.count, rows: 5, scratch: scratch)
        func run<Function: LaneFunction>(_: Function.Type) {
            items.forEach(team) { image, isFirst, scratch in
                let rows = rows(of: image)
                let terms = GradientTerms<Function>(
                    input: input.rows(rows), output: output.rows(rows), outputGradient: outputGradient.rows(rows),
                    parameters: standardization(of: image))
                let table = ImageTable(scratch, width: items.width)
                table.add(terms, rows: rowsPerImage, columns: scale.count, isFirst: isFirst)
                guard let inputGradient else { return }
                takeMeans(table)
                GroupGradientMap(terms: terms, meanGradient: table.meanGradient, meanProduct: table.meanProduct)
                    .store(into: inputGradient.rows(rows), rows: 0..<rowsPerImage)
            }
        }
        nonlinearity.withFunction { run($0) }
        for column in 0..<scale.count {
            var (first, second) = (0.0, 0.0)
            for item in 0..<items.count {
                let table = ImageTable(items.scratch(of: item), width: items.width)
                first += table.totals[column]
                second += table.productTotals[column]
            }
            sum.base[column] = Float(first)
            productSum.base[column] = Float(second)
        }
    }

    /// The means of γ·dz and γ·dz·x̂ over each group, from the sums of the image's columns.
    private func takeMeans(_ table: ImageTable) {
        let count = Double(rowsPerImage * columnsPerGroup)
        for column in stride(from: 0, to: scale.count, by: columnsPerGroup) {
            takeMean(of: table.sums + column, column, count, into: table.meanGradient + column)
            takeMean(of: table.products + column, column, count, into: table.meanProduct + column)
        }
    }

    /// Σ γ·sum over a group's columns, divided by the count of its values.
    private func takeMean(
        of sums: UnsafeMutablePointer<Double>, _ column: Int, _ count: Double, into means: UnsafeMutablePointer<Float>
    ) {
        let scale = scale.base + column
        let sum = OrderedSum.of(
            columnsPerGroup, { scale.doubleLane(at: $0) * sums.lane(at: $0) }, { Double(scale[$0]) * sums[$0] })
        means.update(repeating: Float(sum / count), count: columnsPerGroup)
    }
}

/// The sums of an item: those of its images so far, those of the image at hand, and this one's means.
private struct ImageTable {
    let totals: UnsafeMutablePointer<Double>
    let productTotals: UnsafeMutablePointer<Double>
    let sums: UnsafeMutablePointer<Double>
    let products: UnsafeMutablePointer<Double>
    let meanGradient: UnsafeMutablePointer<Float>
    let meanProduct: UnsafeMutablePointer<Float>
    private let width: Int

    @inline(__always)
    init(_ scratch: UnsafeMutablePointer<Double>, width: Int) {
        totals = scratch
        productTotals = scratch + width
        sums = scratch + 2 * width
        products = scratch + 3 * width
        meanGradient = UnsafeMutableRawPointer(scratch + 4 * width).assumingMemoryBound(to: Float.self)
        meanProduct = meanGradient + width
        self.width = width
    }

    /// The sums of an image's terms, by themselves and on top of the images' before.
    @inline(__always)
    func add<Terms: ColumnTerms>(_ terms: Terms, rows: Int, columns: Int, isFirst: Bool) {
        for column in stride(from: 0, to: width, by: ColumnSums.columnsPerPanel) {
            ColumnSums.reduce(
                terms, rows: 0..<rows, column: column, columns: columns, first: sums + column,
                second: products + column)
        }
        for place in stride(from: 0, to: width, by: DoubleLane.scalarCount) {
            let (sum, product) = (sums.lane(at: place), products.lane(at: place))
            totals.store(isFirst ? sum : totals.lane(at: place) + sum, at: place)
            productTotals.store(isFirst ? product : productTotals.lane(at: place) + product, at: place)
        }
    }
}

/// inverseDeviation · (γ·dz − mean(γ·dz) − x̂ · mean(γ·dz · x̂)). The first product is rounded as its mean over a single
/// value is, so that nothing is left of it there.
private struct GroupGradientMap<Function: LaneFunction>: ColumnMap, @unchecked Sendable {
    let terms: GradientTerms<Function>
    let meanGradient: UnsafeMutablePointer<Float>
    let meanProduct: UnsafeMutablePointer<Float>

    struct Parameters {
        let lanes: StandardizationLanes
        let meanGradient: Lane
        let meanProduct: Lane
    }

    @inline(__always)
    func parameters(column: Int) -> Parameters {
        Parameters(
            lanes: terms.parameters(column: column), meanGradient: meanGradient.lane(at: column),
            meanProduct: meanProduct.lane(at: column))
    }

    @inline(__always)
    func value(row: Int, column: Int, _ parameters: Parameters) -> Lane {
        let (normalized, gradient) = terms.terms(row: row, column: column, parameters.lanes)
        return (gradient * parameters.lanes.scale - parameters.meanGradient)
            .addingProduct(-normalized, parameters.meanProduct) * parameters.lanes.inverseDeviation
    }
}
