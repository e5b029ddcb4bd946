/// A measurement as a row of a CSV file.
extension BenchmarkResult {
    /// The names of the columns.
    public static let header = [
        "section", "name", "variant", "subject", "batch", "threads", "metric", "unit", "median", "minimum", "maximum",
        "repeats",
    ]

    /// The fields in the order of the columns; numbers have the fewest digits that read back to the same value.
    public var fields: [String] {
        [
            section, name, variant, subject, batch.map(String.init) ?? "", String(threads), metric.name, metric.unit,
            "\(spread.median)", "\(spread.minimum)", "\(spread.maximum)", String(spread.repeats),
        ]
    }

    /// The measurement of a row; nil where a field is no number that should be one.
    public init?(fields: [String]) {
        guard fields.count == Self.header.count, let threads = Int(fields[5]), let median = Double(fields[8]),
            let minimum = Double(fields[9]), let maximum = Double(fields[10]), let repeats = Int(fields[11]),
            fields[4].isEmpty || Int(fields[4]) != nil
        else { return nil }
        section = fields[0]
        name = fields[1]
        variant = fields[2]
        subject = fields[3]
        batch = Int(fields[4])
        self.threads = threads
        metric = BenchmarkMetric(fields[6], unit: fields[7])
        spread = Spread(median: median, minimum: minimum, maximum: maximum, repeats: repeats)
    }
}
