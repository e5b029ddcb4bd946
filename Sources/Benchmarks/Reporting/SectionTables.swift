import Results

/// The tables of each section, made from its measurements alone: those just taken, or those of a CSV file.
public enum SectionTables {
    /// The tables of a section, in the order of the measurements.
    public static func tables(of section: String, _ results: [BenchmarkResult]) -> [ResultTable] {
        var tables = shown(section, results.filter { $0.metric != .otherLoad })
        let load = results.filter { $0.metric == .otherLoad }.map(\.spread.median).max() ?? 0
        if load > 0.1, !tables.isEmpty {
            tables[0].notes.append(
                "Other processes used \(Phrase.fixed(load, decimals: 1)) cores meanwhile: numbers are too low, and scattered."
            )
        }
        let shares: [BenchmarkMetric] = [.shareOfPeak, .trainingShare, .inferenceShare]
        if !tables.isEmpty, results.contains(where: { shares.contains($0.metric) && $0.spread.median > 100 }) {
            tables[0].notes.append(
                "A share of more than 100 %: the machine was disturbed while its peak was measured; measure again.")
        }
        return tables
    }

    private static func shown(_ section: String, _ measurements: [BenchmarkResult]) -> [ResultTable] {
        guard !measurements.isEmpty else { return [] }
        switch section {
        case PeakSection.name: return peaks(measurements)
        case KernelSection.name: return kernels(measurements)
        case ComparisonTable.section: return ComparisonTable.tables(measurements)
        case LayerSection.name: return layers(measurements)
        case ScalingSection.name: return scaling(measurements)
        default:
            return [PivotTable(title: titles[section] ?? section).table(measurements)]
        }
    }

    private static let titles = [
        NetworkSection.name: "Training and inference",
        WholeRunSection.name: "Whole runs: images drawn and normalized, trained on, evaluated",
        ObservationSection.name:
            "Observing what follows every product, on 100 images every 50 steps: cost, and time of one observation",
        "side-by-side": "Whole runs in one process on all threads, and as many at a time as there are threads",
        "startup": "From the start of the process to the first finished training step",
    ]

    private static func peaks(_ measurements: [BenchmarkResult]) -> [ResultTable] {
        let arithmetic = measurements.filter { $0.name == PeakSection.arithmetic }
        let team = measurements.filter { $0.name == PeakSection.team }
        let memory = measurements.filter { $0.name != PeakSection.arithmetic && $0.name != PeakSection.team }
        return [
            PivotTable(title: "Peak of fused multiply-adds").table(arithmetic),
            PivotTable(title: "What it costs to share a loop among threads").table(team),
            PivotTable(title: "Bandwidth by working set of a thread") { measurement in
                "\(measurement.variant), \(measurement.threads) \(measurement.threads == 1 ? "thread" : "threads")"
            }.table(memory),
        ].filter { !$0.rows.isEmpty }
    }

    private static func kernels(_ measurements: [BenchmarkResult]) -> [ResultTable] {
        let shown: [BenchmarkMetric] = [.time, .effectiveRate, .rate, .shareOfPeak, .traffic, .shareOfBandwidth]
        func isProduct(_ name: String) -> Bool { name.hasPrefix("convolution") || name.hasPrefix("dense") }
        let kernels = measurements.filter { $0.name != KernelSection.headline && shown.contains($0.metric) }
        let headline = measurements.filter { $0.name == KernelSection.headline }
        return [
            PivotTable(title: "Products").table(
                kernels.filter { isProduct($0.name) && $0.metric != .traffic && $0.metric != .shareOfBandwidth }),
            PivotTable(title: "Products that matter most, as a share of the peak").table(headline),
            PivotTable(title: "Other kernels").table(
                kernels.filter {
                    !isProduct($0.name) && ![.effectiveRate, .rate, .shareOfPeak].contains($0.metric)
                }),
        ].filter { !$0.rows.isEmpty }
    }

    /// One table for the kinds of layers, and one a network; the name of the network moves from the rows into the title.
    private static func layers(_ measurements: [BenchmarkResult]) -> [ResultTable] {
        let kinds = measurements.filter { $0.name.contains(LayerSection.kindMark) }
        let nodes = measurements.filter { !$0.name.contains(LayerSection.kindMark) }
        let sums = PivotTable(title: "Training step by kind of layer").table(kinds)
        let tables = groups(of: nodes) { "\($0.name.prefix { $0 != "/" })/\($0.variant)" }.map { name, members in
            PivotTable(title: "Training step of \(name), node by node").table(
                members.map { measurement in
                    var copy = measurement
                    copy.name = String(measurement.name.drop { $0 != "/" }.dropFirst())
                    return copy
                })
        }
        return kinds.isEmpty ? tables : [sums] + tables
    }

    /// One table for each thing that is varied.
    private static func scaling(_ measurements: [BenchmarkResult]) -> [ResultTable] {
        groups(of: measurements) { String($0.variant.prefix { $0 != " " }) }.map { axis, members in
            PivotTable(title: "Training against \(axis)").table(
                members.map { measurement in
                    var copy = measurement
                    copy.variant = measurement.variant == axis ? "" : measurement.variant
                    return copy
                })
        }
    }

    /// The measurements by a key, in the order in which the keys appear.
    static func groups(
        of measurements: [BenchmarkResult], by key: (BenchmarkResult) -> String
    ) -> [(key: String, members: [BenchmarkResult])] {
        var order: [String] = []
        var members: [String: [BenchmarkResult]] = [:]
        for measurement in measurements {
            let key = key(measurement)
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(measurement)
        }
        return order.map { ($0, members[$0] ?? []) }
    }
}

/// Turns tidy measurements into a table: a row for everything that was measured, a column for each metric.
struct PivotTable {
    var title: String
    /// What a column is made for besides the metric; its name stands in the heading in the metric's place.
    var column: ((BenchmarkResult) -> String)?

    init(title: String, column: ((BenchmarkResult) -> String)? = nil) {
        self.title = title
        self.column = column
    }

    /// What tells rows apart.
    private static let keys: [(name: String, value: @Sendable (BenchmarkResult) -> String)] = [
        ("", { $0.name }), ("", { $0.variant }), ("program", { $0.subject }),
        ("batch", { $0.batch.map(String.init) ?? "" }), ("threads", { String($0.threads) }),
    ]

    /// The table. Keys that are the same in every row stand in the title, if they say anything.
    func table(_ measurements: [BenchmarkResult]) -> ResultTable {
        let keys = column == nil ? Self.keys : Array(Self.keys.prefix(1))
        let varying = keys.enumerated().filter { index, key in
            index == 0 || Set(measurements.map(key.value)).count > 1
        }.map(\.element)
        var headings: [String] = []
        var rows: [(key: [String], fields: [String: Spread])] = []
        var placeOfRow: [[String]: Int] = [:]
        for measurement in measurements {
            let heading = heading(measurement)
            if !headings.contains(heading) { headings.append(heading) }
            let key = varying.map { $0.value(measurement) }
            let place = placeOfRow[key] ?? rows.count
            if place == rows.count {
                placeOfRow[key] = place
                rows.append((key, [:]))
            }
            rows[place].fields[heading] = measurement.spread
        }
        // Only one column has its range: the others follow from it, or would hide the table behind digits.
        let ranged = column == nil ? headings.first : nil
        return ResultTable(
            title: title + constants(keys.filter { key in !varying.contains { $0.name == key.name } }, measurements),
            header: varying.map(\.name) + headings,
            rows: rows.map { row in
                row.key
                    + headings.map { heading in
                        guard let spread = row.fields[heading] else { return "" }
                        return heading == ranged ? NumberText.spread(spread) : NumberText.rounded(spread.median)
                    }
            }, wordColumns: varying.filter { $0.name != "batch" && $0.name != "threads" }.count)
    }

    private func heading(_ measurement: BenchmarkResult) -> String {
        let unit = measurement.metric.unit
        let name = column?(measurement) ?? measurement.metric.name.split(separator: "-").joined(separator: " ")
        return unit.isEmpty ? name : "\(name) [\(unit)]"
    }

    /// `, batch 32, threads 2`.
    private func constants(
        _ keys: [(name: String, value: @Sendable (BenchmarkResult) -> String)], _ measurements: [BenchmarkResult]
    ) -> String {
        guard let first = measurements.first else { return "" }
        return keys.filter { $0.name == "batch" || $0.name == "threads" }.map { key in
            let value = key.value(first)
            return value.isEmpty ? "" : ", \(key.name) \(value)"
        }.joined()
    }
}

/// Numbers as tables show them.
enum NumberText {
    /// About four significant digits, at most three decimals, without an exponent: `12345`, `123.4`, `1.234`, `0.012`.
    static func rounded(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        let magnitude = abs(value)
        let decimals = magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : 3
        return Phrase.fixed(value, decimals: decimals)
    }

    /// The median, with the range behind it where there is one: `123.4 (120.1–130.2)`.
    static func spread(_ spread: Spread) -> String {
        spread.repeats < 2
            ? rounded(spread.median)
            : "\(rounded(spread.median)) (\(rounded(spread.minimum))–\(rounded(spread.maximum)))"
    }
}
