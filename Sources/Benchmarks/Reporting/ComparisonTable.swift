import Results

/// The tables of a comparison with other frameworks: for every network the best of the other's modes.
public enum ComparisonTable {
    public static let section = "compare"

    /// Speeds, and what they mean together; then start-up and memory.
    static func tables(_ measurements: [BenchmarkResult]) -> [ResultTable] {
        let speeds: [(metric: BenchmarkMetric, word: String)] = [
            (.training, "training"), (.inference, "inference"), (.wholeRun, "whole run"),
        ]
        var rows: [[String]] = []
        var ratios: [String: [Double]] = [:]
        for (metric, word) in speeds {
            for cell in cells(measurements, metric) {
                guard let ours = cell.ours, let best = cell.best, let ratio = cell.ratio else { continue }
                rows.append([
                    word, cell.network, "\(cell.batch)", NumberText.rounded(ours), NumberText.rounded(best.median),
                    best.subject, NumberText.spread(ratio),
                ])
                ratios[word, default: []].append(ratio.median)
            }
        }
        let speed = ResultTable(
            title: "Images a second, against the best mode of PyTorch or JAX, threads \(measurements[0].threads)",
            header: ["", "network", "batch", "NormLab", "best peer", "mode", "ratio (range over rounds)"],
            rows: rows, wordColumns: 2, notes: notes(ratios))
        return [speed, resources(measurements)].filter { !$0.rows.isEmpty }
    }

    private static func notes(_ ratios: [String: [Double]]) -> [String] {
        let all = ratios.values.flatMap(\.self)
        guard !all.isEmpty else { return [] }
        let parts = ratios.sorted { $0.key < $1.key }.map {
            "\($0.key) \(Phrase.fixed(geometricMean($0.value), decimals: 2))"
        }
        return [
            "Geometric mean of the ratios: \(Phrase.fixed(geometricMean(all), decimals: 2)) ("
                + parts.joined(separator: ", ") + "). Above 1 NormLab is faster."
        ]
    }

    /// Start-up and memory of NormLab and of the mode that trains best.
    private static func resources(_ measurements: [BenchmarkResult]) -> ResultTable {
        let trained = cells(measurements, .training) + cells(measurements, .wholeRun)
        let rows = trained.compactMap { cell -> [String]? in
            guard let best = cell.best else { return nil }
            func median(_ metric: BenchmarkMetric, _ subject: String) -> String {
                let found = measurements.first {
                    $0.metric == metric && $0.subject == subject && "\($0.name)/\($0.variant)" == cell.network
                }
                return found.map { NumberText.rounded($0.spread.median) } ?? ""
            }
            return [
                cell.network, median(.startup, BenchmarkResult.ownSubject), median(.startup, best.subject),
                median(.peakMemory, BenchmarkResult.ownSubject), median(.peakMemory, best.subject), best.subject,
            ]
        }
        return ResultTable(
            title: "Start of the process to the first finished training step [s], and most memory resident [MB]",
            header: [
                "network", "NormLab [s]", "best peer [s]", "NormLab [MB]", "best peer [MB]", "mode",
            ], rows: rows, wordColumns: 1)
    }

    /// One network's results in one metric.
    private struct Cell {
        var network: String
        var batch: Int
        var ours: Double?
        var best: (subject: String, median: Double)?
        var ratio: Spread?
    }

    private static func cells(_ measurements: [BenchmarkResult], _ metric: BenchmarkMetric) -> [Cell] {
        SectionTables.groups(of: measurements) { "\($0.name)/\($0.variant)" }.compactMap { network, members in
            let speeds = members.filter { $0.metric == metric }
            guard !speeds.isEmpty else { return nil }
            var cell = Cell(network: network, batch: speeds[0].batch ?? 0)
            cell.ours = speeds.first { $0.subject == BenchmarkResult.ownSubject }?.spread.median
            // The mode that is fastest beside us: ratios are of neighbours, rates of different times.
            let ratios = members.filter { $0.metric == metric.ratio }
            if let best = ratios.min(by: { $0.spread.median < $1.spread.median }) {
                cell.ratio = best.spread
                cell.best = speeds.first { $0.subject == best.subject }.map { ($0.subject, $0.spread.median) }
            }
            return cell
        }
    }

    /// The geometric mean of positive numbers; 1 of none.
    static func geometricMean(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 1 }
        // The n-th root by Newton's method on the product: the standard library alone has no logarithm.
        let product = values.reduce(1, *)
        let count = Double(values.count)
        var root = max(values.max() ?? 1, 1e-12)
        for _ in 0..<200 {
            var power = 1.0
            for _ in 1..<values.count { power *= root }
            root = ((count - 1) * root + product / power) / count
        }
        return root
    }
}

/// What two programs must agree in before their speeds can be compared: the numbers that a network learns and the
/// multiply-adds of its forward pass.
public struct NetworkSize: Equatable, Sendable {
    public var parameters: Int
    /// Multiply-adds of the forward pass of one image.
    public var multiplyAdds: Int

    public init(parameters: Int, multiplyAdds: Int) {
        self.parameters = parameters
        self.multiplyAdds = multiplyAdds
    }

    /// Accepts another program's network only if it is as large.
    ///
    /// - Throws: ``DifferentNetworks`` with both sizes.
    public func requireSame(as other: NetworkSize, network: String, subject: String) throws(DifferentNetworks) {
        guard self == other else {
            throw DifferentNetworks(network: network, subject: subject, ours: self, theirs: other)
        }
    }
}

/// Two programs that were to be compared do not run the same network.
public struct DifferentNetworks: Error, Equatable, CustomStringConvertible {
    /// The network's name and normalization.
    public let network: String
    public let subject: String
    public let ours: NetworkSize
    public let theirs: NetworkSize

    public var description: String {
        "\(subject) runs another \(network): \(theirs.parameters) parameters and \(theirs.multiplyAdds) multiply-adds "
            + "an image, expected \(ours.parameters) and \(ours.multiplyAdds); speeds of different networks are not compared"
    }
}
