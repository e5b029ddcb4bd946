/// The values of one unit over training: what Figure 1b, c of Ioffe & Szegedy 2015 shows.
struct UnitQuantiles: Sendable, Equatable {
    /// The unit's number in its tap.
    let channel: Int
    /// The steps of observation, ascending.
    let steps: [Int]
    /// The 15th, 50th and 85th percentile over the probe images at each.
    let p15, p50, p85: [Double]
}

/// The typical unit of a tap in one run, and where the medians of all units lay.
struct TapObservation: Sendable {
    let run: RunRecord
    /// The unit of median drift.
    let typical: UnitQuantiles
    /// The number of units of the tap.
    let unitCount: Int
    /// The 5th and 95th percentile over units of the units' medians, at the steps of `typical`.
    let lowMedians, highMedians: [Double]
}

extension ExperimentResults {
    /// The observations of a tap in a run; nil where the run's network has no such tap.
    func observation(of tap: String, in run: RunRecord) throws(FigureError) -> TapObservation? {
        do {
            let drift = try table("drift.csv", of: run)
            let units = try drift.rows(where: "tap", is: tap)
            let marks = try drift.texts("typical", rows: units)
            guard let index = marks.firstIndex(of: "true") else { return nil }
            let channel = try drift.integers("channel", rows: [units[index]])[0]

            let table = try table("activations.csv", of: run)
            let rows = try table.rows(where: "tap", is: tap)
            let typical = try quantiles(of: channel, table, rows: rows)
            let medians = try medians(table, rows: rows)
            return TapObservation(
                run: run, typical: typical, unitCount: units.count,
                lowMedians: typical.steps.map { Quantile.of(medians[$0] ?? [], 0.05) ?? .nan },
                highMedians: typical.steps.map { Quantile.of(medians[$0] ?? [], 0.95) ?? .nan })
        } catch {
            throw .data(error)
        }
    }

    /// The percentiles of one unit of a tap; nil where the run has not observed it.
    func quantiles(of tap: String, channel: Int, in run: RunRecord) throws(FigureError) -> UnitQuantiles? {
        do {
            let table = try table("activations.csv", of: run)
            let unit = try quantiles(of: channel, table, rows: table.rows(where: "tap", is: tap))
            return unit.steps.isEmpty ? nil : unit
        } catch {
            throw .data(error)
        }
    }

    /// The taps that a run has observed, in the order of the network.
    func observedTaps(of run: RunRecord) throws(FigureError) -> [String] {
        do {
            return try table("drift.csv", of: run).categories("tap").labels
        } catch {
            throw .data(error)
        }
    }

    private func quantiles(of channel: Int, _ table: CSVTable, rows: [Int]) throws(CSVError) -> UnitQuantiles {
        let channels = try table.integers("channel", rows: rows)
        let own = rows.indices.filter { channels[$0] == channel }.map { rows[$0] }
        func column(_ name: String) throws(CSVError) -> [Double] {
            try table.numbers(name, rows: own).map { $0 ?? .nan }
        }
        return UnitQuantiles(
            channel: channel, steps: try table.integers("step", rows: own), p15: try column("p15"),
            p50: try column("p50"), p85: try column("p85"))
    }

    private func medians(_ table: CSVTable, rows: [Int]) throws(CSVError) -> [Int: [Double]] {
        let steps = try table.integers("step", rows: rows)
        let values = try table.numbers("p50", rows: rows)
        var medians: [Int: [Double]] = [:]
        for (step, value) in zip(steps, values) { medians[step, default: []].append(value ?? .nan) }
        return medians
    }
}
