import Results
import Vocabulary

/// One arm of ``ActivationDistributions``: a run's histograms and percentiles of all taps that are shown.
struct DistributionColumn: Sendable {
    /// The percentiles of a layer's values over steps.
    struct Percentiles: Sendable {
        let steps: [Int]
        let p16, p50, p84: [Double]
    }

    let arm: ArmRecord
    let run: RunRecord
    /// All taps that the run observed.
    let known: [String]
    /// Those of them that are asked for.
    let taps: [String]
    private(set) var histograms: [String: TapHistograms] = [:]
    private(set) var percentiles: [String: Percentiles] = [:]

    /// Reads a run's `histograms.csv` and `layers.csv`.
    init(arm: ArmRecord, run: RunRecord, results: ExperimentResults, pattern: Glob) throws(FigureError) {
        self.arm = arm
        self.run = run
        do {
            let table = try results.table("histograms.csv", of: run)
            known = try table.categories("tap").labels
            taps = known.filter(pattern.matches)
            let layers = try results.table("layers.csv", of: run)
            for tap in taps {
                histograms[tap] = try TapHistograms(table, tap: tap)
                let rows = try layers.rows(where: "tap", is: tap)
                func column(_ name: String) throws(CSVError) -> [Double] {
                    try layers.numbers(name, rows: rows).map { $0 ?? .nan }
                }
                percentiles[tap] = Percentiles(
                    steps: try layers.integers("step", rows: rows), p16: try column("p16"), p50: try column("p50"),
                    p84: try column("p84"))
            }
        } catch {
            throw .data(error)
        }
    }

    /// The histograms that decide a row's axis: not those of a run that diverged, whose last values know no bounds.
    func rangeHistograms(_ tap: String) -> (histograms: TapHistograms, isWhole: Bool)? {
        histograms[tap].map { ($0, run.status == .finished) }
    }
}

/// The vertical bins that all panels of a row share.
struct DistributionGrid: Sendable, Equatable {
    /// The edges, ascending, evenly spaced.
    let edges: [Double]

    private static let binCount = 60

    /// Bins over the values of a row: from the 0.5 % to the 99.5 % quantile of nearly all observations.
    init(histograms: [(histograms: TapHistograms, isWhole: Bool)]) {
        let whole = histograms.filter(\.isWhole).map(\.histograms)
        let counted = whole.isEmpty ? histograms.map(\.histograms) : whole
        var (lower, upper) = (Double.infinity, -Double.infinity)
        for histogram in counted {
            let lows = histogram.steps.indices.map { histogram.quantile(0.005, at: $0) }
            let highs = histogram.steps.indices.map { histogram.quantile(0.995, at: $0) }
            lower = min(lower, Quantile.of(lows, 0.02) ?? lower)
            upper = max(upper, Quantile.of(highs, 0.98) ?? upper)
        }
        if !(lower < upper) { (lower, upper) = (lower.isFinite ? lower - 1 : -1, lower.isFinite ? lower + 1 : 1) }
        edges = (0...Self.binCount).map { lower + (upper - lower) * Double($0) / Double(Self.binCount) }
    }
}
