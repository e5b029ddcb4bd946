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
    /// - Parameter inputGradient: Overwritten; may be `outputGradient` itself; nil if nobody wants it.
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
