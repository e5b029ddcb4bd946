import Engine
import Foundation
import Results

/// The tables of a run while it goes on.
final class RunRecorder {
    private var writers: [RunFolder.Table: CSVWriter] = [:]
    private let edges: HistogramEdges

    /// Starts the tables, or continues them where a saved state says they were.
    ///
    /// - Parameter bins: bins of the histograms between their outer edges.
    init(_ folder: RunFolder, bins: Int, lengths: [RunFolder.Table: Int]?) throws(FileError) {
        edges = HistogramEdges(bins: bins)
        for table in RunFolder.Table.allCases {
            let url = folder.file(table.rawValue)
            writers[table] =
                if let lengths {
                    try CSVWriter(continuing: url, header: table.header, length: lengths[table] ?? 0)
                } else {
                    try CSVWriter(creating: url, header: table.header)
                }
        }
    }

    /// The lengths of all tables in bytes.
    var lengths: [RunFolder.Table: Int] { writers.mapValues(\.byteCount) }

    /// Returns when all rows have reached the disk.
    func synchronize() throws(FileError) {
        for table in RunFolder.Table.allCases { try writers[table]?.synchronize() }
    }

    /// Hands all rows to the system, so that whoever looks at the files sees them.
    func flush() throws(FileError) {
        for table in RunFolder.Table.allCases { try writers[table]?.flush() }
    }

    /// A training step: the numbers of its batch before the update. A loss that is no number has no accuracy either.
    func train(step: Int, epoch: Int, rate: Double, loss: Double, accuracy: Double) throws(FileError) {
        try append(
            [
                .integer(step), .integer(epoch), .number(rate), .number(loss),
                .number(loss.isFinite ? accuracy : .nan),
            ], to: .train)
    }

    /// An evaluation on the test set. A loss that is no number has no accuracy either: the classes would be chance.
    func evaluation(step: Int, statistics: String, loss: Double, accuracy: Double) throws(FileError) {
        try append(
            [.integer(step), .text(statistics), .number(loss), .number(loss.isFinite ? accuracy : .nan)],
            to: .evaluations)
    }

    /// The edges of the histograms.
    var histogramEdges: [Float] { edges.edges }

    /// An observation of one tensor.
    func observation(step: Int, tap: String, _ summary: TapSummary) throws(FileError) {
        let place: [CSVField] = [.integer(step), .text(tap)]
        for (index, channel) in summary.channels.enumerated() {
            let values = [channel.mean, channel.deviation, channel.p15, channel.p50, channel.p85]
            try append(place + [.integer(index)] + values.map { .single($0) }, to: .activations)
        }
        let percentiles = [summary.minimum] + summary.percentiles + [summary.maximum]
        let values = [Float(summary.mean), Float(summary.deviation)] + percentiles
        try append(place + values.map { .single($0) }, to: .layers)
        for (bin, count) in summary.counts.enumerated() {
            let ends = edges.ends(of: bin)
            try append(
                place + [.integer(bin), .single(ends.left), .single(ends.right), .integer(count)], to: .histograms)
        }
    }

    /// What a procedure measured.
    func measurements(step: Int, _ measurements: [Measurement]) throws(FileError) {
        for measurement in measurements {
            try append(
                [
                    .integer(step), .text(measurement.quantity), .text(measurement.place), .optional(measurement.at),
                    .number(measurement.value),
                ], to: .measures)
        }
    }

    private func append(_ row: [CSVField], to table: RunFolder.Table) throws(FileError) {
        try writers[table]?.append(row)
    }
}
