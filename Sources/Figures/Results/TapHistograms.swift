/// The histograms of one tap in one run: how all values of a layer were distributed at each observation.
struct TapHistograms: Sendable, Equatable {
    /// The steps of observation, ascending.
    let steps: [Int]
    /// The edges of the bins, ascending and finite; the same at every step.
    let edges: [Double]
    /// The counts of the bins, `[step][bin]`.
    let counts: [[Double]]
    /// All values of each step, those below the first and above the last edge included.
    let totals: [Double]
    /// The values of each step below the first edge.
    let below: [Double]

    /// Reads a tap's rows of `histograms.csv`; nil where there are none.
    init?(_ table: CSVTable, tap: String) throws(CSVError) {
        let rows = try table.rows(where: "tap", is: tap)
        if rows.isEmpty { return nil }
        let rowSteps = try table.integers("step", rows: rows)
        let lefts = try table.numbers("left", rows: rows)
        let rights = try table.numbers("right", rows: rows)
        let rowCounts = try table.numbers("count", rows: rows)

        var steps: [Int] = []
        var edges: [Double] = []
        var counts: [[Double]] = []
        var totals: [Double] = []
        var below: [Double] = []
        for index in rows.indices {
            if rowSteps[index] != steps.last {
                steps.append(rowSteps[index])
                counts.append([])
                totals.append(0)
                below.append(0)
            }
            let (left, right) = (lefts[index] ?? .nan, rights[index] ?? .nan)
            let count = rowCounts[index] ?? 0
            totals[totals.count - 1] += count
            if left == -.infinity {
                below[below.count - 1] += count
            } else if right < .infinity {
                // The edges are the same at every step: those of the first observation are enough.
                if steps.count == 1 {
                    if edges.isEmpty { edges.append(left) }
                    edges.append(right)
                }
                counts[counts.count - 1].append(count)
            }
        }
        let isRegular = edges.count >= 2 && counts.allSatisfy { $0.count == edges.count - 1 }
        guard isRegular, zip(edges, edges.dropFirst()).allSatisfy(<) else {
            throw .irregularBins(file: table.file, tap: tap)
        }
        self.steps = steps
        self.edges = edges
        self.counts = counts
        self.totals = totals
        self.below = below
    }

    /// The value below which a share of a step's values lies, spread evenly inside a bin; never outside the edges.
    func quantile(_ share: Double, at index: Int) -> Double {
        var remaining = share * totals[index] - below[index]
        if remaining <= 0 { return edges[0] }
        for (bin, count) in counts[index].enumerated() {
            if remaining <= count { return edges[bin] + remaining / count * (edges[bin + 1] - edges[bin]) }
            remaining -= count
        }
        return edges[edges.count - 1]
    }

    /// The probability density of a step's values on other edges: the share of all values in each bin a unit of width.
    ///
    /// The histograms' own bins widen with the distance from zero; a smooth curve through the cumulative counts keeps every
    /// bin's mass and draws no steps that the values do not have.
    func density(at index: Int, on target: [Double]) -> [Double] {
        guard totals[index] > 0 else { return [Double](repeating: 0, count: target.count - 1) }
        var cumulative = [0.0]
        for count in counts[index] { cumulative.append((cumulative.last ?? 0) + count / totals[index]) }
        let values = MonotoneCubic(x: edges, y: cumulative).values(at: target)
        return target.indices.dropFirst().map { (values[$0] - values[$0 - 1]) / (target[$0] - target[$0 - 1]) }
    }
}
