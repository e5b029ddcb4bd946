import Results

/// Turns tidy measurements into a table: a row for everything that was measured, a column for each metric.
struct PivotTable {
    /// What the table shows.
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
