/// The values of one unit over training: what Figure 1b, c of Ioffe & Szegedy 2015 shows.
package struct UnitQuantiles: Sendable, Equatable {
    package let channel: Int
    /// The steps of observation, ascending.
    package let steps: [Int]
    /// The 15th, 50th and 85th percentile over the probe images at each.
    package let p15, p50, p85: [Double]
}

/// The typical unit of a tap in one run, and where the medians of all units lay.
package struct TapObservation: Sendable {
    package let run: RunRecord
    /// The unit of median drift.
    package let typical: UnitQuantiles
    package let unitCount: Int
    /// The 5th and 95th percentile over units of the units' medians, at the steps of `typical`.
    package let lowMedians, highMedians: [Double]
}

extension ExperimentResults {
    /// The observations of a tap in a run; nil where the run's network has no such tap.
    package func observation(of tap: String, in run: RunRecord) throws(CSVError) -> TapObservation? {
        let drift = try table("drift.csv", of: run)
        let units = try drift.rows(where: "tap", is: tap)
        let marks = try drift.texts("typical", rows: units)
        guard let index = marks.firstIndex(of: "true") else { return nil }
        let channel = try drift.integers("channel", rows: [units[index]])[0]

        let table = try table("activations.csv", of: run)
        let typical = try table.quantiles(of: tap, channel: channel)
        let rows = try table.rows(where: "tap", is: tap)
        let observed = zip(try table.integers("step", rows: rows), try table.values("p50", rows: rows))
        let medians = Dictionary(grouping: observed, by: \.0).mapValues { $0.map(\.1) }
        return TapObservation(
            run: run, typical: typical, unitCount: units.count,
            lowMedians: typical.steps.map { Quantile.of(medians[$0] ?? [], 0.05) ?? .nan },
            highMedians: typical.steps.map { Quantile.of(medians[$0] ?? [], 0.95) ?? .nan })
    }

    /// The percentiles of one unit of a tap; nil where the run has not observed it.
    package func quantiles(of tap: String, channel: Int, in run: RunRecord) throws(CSVError) -> UnitQuantiles? {
        let unit = try table("activations.csv", of: run).quantiles(of: tap, channel: channel)
        return unit.steps.isEmpty ? nil : unit
    }

    /// The taps that a run has observed, in the order of the network.
    package func observedTaps(of run: RunRecord) throws(CSVError) -> [String] {
        try table("drift.csv", of: run).categories("tap").labels
    }
}

extension CSVTable {
    /// The percentiles of one unit of a tap, from `activations.csv`; of no step where the run has not observed it.
    func quantiles(of tap: String, channel: Int) throws(CSVError) -> UnitQuantiles {
        let rows = try rows(where: "tap", is: tap)
        let own = zip(rows, try integers("channel", rows: rows)).filter { $0.1 == channel }.map(\.0)
        return UnitQuantiles(
            channel: channel, steps: try integers("step", rows: own), p15: try values("p15", rows: own),
            p50: try values("p50", rows: own), p85: try values("p85", rows: own))
    }
}

/// The histograms of one tap in one run: how all values of a layer were distributed at each observation.
package struct TapHistograms: Sendable, Equatable {
    /// The steps of observation, ascending.
    package let steps: [Int]
    /// The edges of the bins, ascending and finite; the same at every step.
    package let edges: [Double]
    /// The counts of the bins, `[step][bin]`.
    package let counts: [[Double]]
    /// All values of each step, those below the first and above the last edge included.
    package let totals: [Double]
    package let below: [Double]

    /// Reads a tap's rows of `histograms.csv`; nil where there are none.
    package init?(_ table: CSVTable, tap: String) throws(CSVError) {
        let rows = try table.rows(where: "tap", is: tap)
        if rows.isEmpty { return nil }
        let rowSteps = try table.integers("step", rows: rows)
        let lefts = try table.values("left", rows: rows)
        let rights = try table.values("right", rows: rows)
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
            let (left, right) = (lefts[index], rights[index])
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
    package func quantile(_ share: Double, at index: Int) -> Double {
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
    package func density(at index: Int, on target: [Double]) -> [Double] {
        guard totals[index] > 0 else { return [Double](repeating: 0, count: target.count - 1) }
        var cumulative = [0.0]
        for count in counts[index] { cumulative.append((cumulative.last ?? 0) + count / totals[index]) }
        let values = MonotoneCubic(x: edges, y: cumulative).values(at: target)
        return target.indices.dropFirst().map { (values[$0] - values[$0 - 1]) / (target[$0] - target[$0 - 1]) }
    }
}

/// A smooth curve through points that never falls where the points do not: the cubic Hermite interpolation of Fritsch & Carlson
/// (1980), with the weighted harmonic mean of the neighbouring slopes as tangents.
///
/// Laid through a cumulative distribution it gives a density that is smooth, never negative, and has the same mass as each bin.
package struct MonotoneCubic: Sendable {
    private let x: [Double]
    private let y: [Double]
    private let tangents: [Double]

    /// A curve through points of ascending `x`.
    package init(x: [Double], y: [Double]) {
        precondition(x.count == y.count && x.count >= 2, "a curve needs two points")
        let widths = zip(x, x.dropFirst()).map { $1 - $0 }
        let slopes = zip(zip(y, y.dropFirst()).map { $1 - $0 }, widths).map { $0 / $1 }
        var tangents = [slopes[0]]
        for index in slopes.indices.dropFirst() {
            let (before, after) = (slopes[index - 1], slopes[index])
            guard before * after > 0 else {
                tangents.append(0)
                continue
            }
            let (first, second) = (2 * widths[index] + widths[index - 1], widths[index] + 2 * widths[index - 1])
            tangents.append((first + second) / (first / before + second / after))
        }
        tangents.append(slopes[slopes.count - 1])
        self.x = x
        self.y = y
        self.tangents = tangents
    }

    /// The values at ascending places; outside the points the nearest point's value.
    package func values(at places: [Double]) -> [Double] {
        var segment = 0
        return places.map { place in
            if place <= x[0] { return y[0] }
            if place >= x[x.count - 1] { return y[y.count - 1] }
            while x[segment + 1] < place { segment += 1 }
            let width = x[segment + 1] - x[segment]
            let t = (place - x[segment]) / width
            let u = 1 - t
            return y[segment] * (1 + 2 * t) * u * u + y[segment + 1] * t * t * (3 - 2 * t)
                + width * t * u * (tangents[segment] * u - tangents[segment + 1] * t)
        }
    }
}
