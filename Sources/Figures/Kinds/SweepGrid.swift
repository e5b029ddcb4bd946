import Plotting

/// One panel of ``Sweep``: a base arm's accuracy for every pair of settings.
struct SweepGrid {
    /// One pair of settings.
    struct Cell {
        let arm: ArmRecord
        let column: Int
        let row: Int
        /// The mean of the best test accuracy over the seeds that finished; nil where none did.
        let mean: Double?
        let deviation: Double?
        let finished: Int
        let diverged: Int
    }

    let base: String
    let label: String
    let xKey: String
    let yKey: String?
    /// The values along the axes, ascending.
    let xValues, yValues: [String]
    let cells: [Cell]

    /// A grid for each base arm that has settings of both keys, all on the same axes.
    static func grids(
        _ results: ExperimentResults, arms: [ArmRecord], xKey: String, yKey: String?
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
        let swept = placed.contains { $0.arm.name.contains("@") } ? placed.filter { $0.arm.name.contains("@") } : placed
        let xValues = ordered(swept.map(\.x))
        let yValues = ordered(swept.map(\.y))
        return results.orderedBases.compactMap { base in
            let members = swept.filter { $0.arm.base == base }
            if members.isEmpty { return nil }
            let cells = yValues.indices.flatMap { row in
                xValues.indices.compactMap { column -> Cell? in
                    let here = members.filter { $0.x == xValues[column] && $0.y == yValues[row] }
                    return here.map { cell($0.arm, column: column, row: row, results) }
                        .max { ($0.mean ?? -1) < ($1.mean ?? -1) }
                }
            }
            let label = results.arms.first { $0.name == base }?.label ?? base
            return SweepGrid(
                base: base, label: label, xKey: xKey, yKey: yKey, xValues: xValues, yValues: yValues, cells: cells)
        }
    }

    private static func cell(_ arm: ArmRecord, column: Int, row: Int, _ results: ExperimentResults) -> Cell {
        let runs = results.results(of: arm)
        let finished = runs.filter { $0.status == .finished }.compactMap(\.bestTestAccuracy).filter(\.isFinite)
        let statistics = SeedStatistics(finished)
        return Cell(
            arm: arm, column: column, row: row, mean: finished.isEmpty ? nil : statistics.mean,
            deviation: statistics.deviation, finished: finished.count,
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

    /// The cell with the best mean; of equals the first.
    private var best: Cell? {
        cells.filter { $0.mean != nil }.reduce(nil) { best, cell in
            (cell.mean ?? 0) > (best?.mean ?? -1) ? cell : best
        }
    }

    // MARK: The picture

    func panel(colors: ColorScale) -> Panel {
        var values = yValues.map { _ in xValues.map { _ in Double.nan } }
        var labels = yValues.map { _ in xValues.map { _ in "" } }
        for cell in cells {
            values[cell.row][cell.column] = cell.mean ?? .nan
            labels[cell.row][cell.column] = words(cell)
        }
        let xEdges = (0...xValues.count).map { Double($0) - 0.5 }
        let yEdges = (0...yValues.count).map { Double($0) - 0.5 }
        var marks: [Mark] = [
            .heatMap(HeatMap(xEdges: xEdges, yEdges: yEdges, values: values, colors: colors, labels: labels))
        ]
        if let best {
            let (x, y) = (Double(best.column), Double(best.row))
            marks.append(
                .line(
                    x: [x - 0.5, x + 0.5, x + 0.5, x - 0.5, x - 0.5], y: [y - 0.5, y - 0.5, y + 0.5, y + 0.5, y - 0.5],
                    Ink(Color(0xD55E00), width: 3)))
        }
        return Panel(
            title: label, x: .categories(xValues, title: xKey),
            y: .categories(yValues, title: yKey, isReversed: false), marks: marks)
    }

    private func words(_ cell: Cell) -> String {
        guard let mean = cell.mean else { return cell.diverged > 0 ? "diverged" : "no run" }
        let number = Phrase.fixed(100 * mean, decimals: 1)
        return cell.diverged > 0 ? "\(number) (\(cell.finished) of \(cell.finished + cell.diverged))" : number
    }

    // MARK: The numbers

    func write(to numbers: inout CSVText) {
        for cell in cells {
            numbers.append(
                .text(base), .text(cell.arm.name), .text(xValues[cell.column]),
                yKey == nil ? .missing : .text(yValues[cell.row]), .optional(cell.mean), .integer(cell.finished),
                .integer(cell.diverged), .optional(cell.deviation), .text(cell.arm == best?.arm ? "true" : "false"))
        }
    }
}
