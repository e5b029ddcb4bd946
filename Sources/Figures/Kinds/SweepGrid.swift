import Results

/// One base arm of ``Sweep``: the metric for every pair of settings.
struct SweepGrid {
    /// One pair of settings.
    struct Cell {
        let arm: ArmRecord
        let column: Int
        let row: Int
        /// The metric over the seeds that finished.
        let statistics: SampleStatistics
        let diverged: Int

        /// The mean over the seeds that finished; nil where none did.
        var mean: Double? { statistics.count > 0 ? statistics.mean : nil }
    }

    let base: String
    let label: String
    /// The values along the axes, ascending; one empty value where there is no second setting.
    let xValues, yValues: [String]
    let cells: [Cell]
    let metric: SweepMetric

    /// The cell with the best mean; of equals the first.
    var best: Cell? {
        var best: Cell?
        for cell in cells {
            guard let mean = cell.mean else { continue }
            if best?.mean.map({ metric.isBetter(mean, than: $0) }) ?? true { best = cell }
        }
        return best
    }

    /// A grid for each base arm that has settings of both keys, all on the same axes.
    static func grids(
        _ results: ExperimentResults, arms: [ArmRecord], xKey: String, yKey: String?, metric: SweepMetric
    ) throws(FigureError) -> [SweepGrid] {
        for (option, key) in [("x", xKey), ("y", yKey ?? xKey)] {
            guard arms.contains(where: { results.settings[$0.name]?[key] != nil }) else {
                let known = Set(results.settings.values.flatMap(\.keys)).sorted()
                throw .badOption(
                    option, value: key,
                    expected: known.isEmpty
                        ? "a setting that differs between arms; none does" : "one of \(known.joined(separator: ", "))")
            }
        }
        let placed = arms.compactMap { arm -> (arm: ArmRecord, x: String, y: String)? in
            guard let settings = results.settings[arm.name], let x = settings[xKey] else { return nil }
            guard let yKey else { return (arm, x, "") }
            return settings[yKey].map { (arm, x, $0) }
        }
        let xValues = ordered(placed.map(\.x))
        let yValues = ordered(placed.map(\.y))
        return results.orderedBases.compactMap { base in
            let members = placed.filter { $0.arm.base == base }
            guard let first = members.first else { return nil }
            let cells = yValues.indices.flatMap { row in
                xValues.indices.compactMap { column -> Cell? in
                    let here = members.filter { $0.x == xValues[column] && $0.y == yValues[row] }
                    let cells = here.map { cell($0.arm, column: column, row: row, results, metric) }
                    return SweepGrid(
                        base: base, label: base, xValues: [], yValues: [], cells: cells, metric: metric
                    ).best ?? cells.first
                }
            }
            return SweepGrid(
                base: base, label: first.arm.baseLabel, xValues: xValues, yValues: yValues, cells: cells, metric: metric
            )
        }
    }

    private static func cell(
        _ arm: ArmRecord, column: Int, row: Int, _ results: ExperimentResults, _ metric: SweepMetric
    ) -> Cell {
        let runs = results.results(of: arm)
        let finished = runs.filter { $0.status == .finished }.compactMap(metric.value).filter(\.isFinite)
        return Cell(
            arm: arm, column: column, row: row, statistics: SampleStatistics(finished),
            diverged: runs.count { $0.status == .diverged })
    }

    /// Numbers by size, words by their letters after them.
    private static func ordered(_ values: [String]) -> [String] {
        Set(values).sorted { a, b in
            switch (Double(a), Double(b)) {
            case (let a?, let b?): a < b
            case (_?, nil): true
            case (nil, _?): false
            case (nil, nil): a < b
            }
        }
    }

    /// Adds the grid's numbers.
    func write(to numbers: inout CSVText) {
        let best = best?.arm
        for cell in cells {
            let statistics = cell.statistics
            let isKnown = statistics.count > 0
            numbers.append(
                .text(base), .text(cell.arm.name), .text(xValues[cell.column]),
                yValues[cell.row].isEmpty ? .empty : .text(yValues[cell.row]), .text(metric.rawValue),
                .optional(cell.mean), .integer(statistics.count), .integer(cell.diverged),
                .optional(statistics.deviation), isKnown ? .number(statistics.minimum) : .empty,
                isKnown ? .number(statistics.maximum) : .empty, .text(cell.arm == best ? "true" : "false"))
        }
    }
}
