import Foundation
import Plotting
import Results

/// The figures of a benchmark, drawn from its CSV files alone.
public enum BenchmarkFigures {
    /// Draws what the files in a folder suffice for: `roofline` and `scaling`, each as PNG and SVG.
    ///
    /// - Returns: the files written; none where a figure's sections have no results.
    @discardableResult
    public static func render(folder: URL) throws(FigureError) -> [URL] {
        var files: [URL] = []
        if let peaks = try BenchmarkRows(section: "peaks", in: folder),
            let kernels = try BenchmarkRows(section: "kernels", in: folder)
        {
            files += try write(try Roofline(peaks: peaks, kernels: kernels).figure(), "roofline", in: folder)
        }
        if let scaling = try BenchmarkRows(section: "scaling", in: folder) {
            files += try write(try ScalingCurves(scaling).figure(), "scaling", in: folder)
        }
        return files
    }

    private static func write(_ figure: Figure, _ name: String, in folder: URL) throws(FigureError) -> [URL] {
        let png = folder.appending(path: "\(name).png")
        let svg = folder.appending(path: "\(name).svg")
        do {
            try figure.writePNG(to: png)
            try figure.writeSVG(to: svg)
        } catch {
            throw .writing(file: png.lastPathComponent, reason: "\(error)")
        }
        return [png, svg]
    }
}

/// The rows of a benchmark's CSV file; see `docs/formats.md`.
struct BenchmarkRows {
    /// One number with what tells it apart.
    struct Row {
        let name: String
        let variant: String
        let batch: Double?
        let threads: Double
        let metric: String
        let median: Double
        let minimum: Double
        let maximum: Double
    }

    let rows: [Row]

    /// The rows of a section in a folder; nil where the section has no results.
    init?(section: String, in folder: URL) throws(FigureError) {
        let file = folder.appending(path: "\(section).csv")
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            try self.init(CSVTable(contentsOf: file))
        } catch {
            throw .data(error)
        }
    }

    init(_ table: CSVTable) throws(CSVError) {
        var rows: [Row] = []
        let columns = ["name", "variant", "metric", "batch", "threads", "median", "minimum", "maximum"]
        for row in try table.rows(columns) {
            rows.append(
                Row(
                    name: row[0], variant: row[1], batch: try row.number(3), threads: try row.number(4) ?? 1,
                    metric: row[2], median: try row.number(5) ?? .nan, minimum: try row.number(6) ?? .nan,
                    maximum: try row.number(7) ?? .nan))
        }
        self.rows = rows
    }

    func rows(of metric: String) -> [Row] { rows.filter { $0.metric == metric } }
}

/// `roofline`: how fast each kernel computes against how much it computes for each byte, under what the machine can do.
///
/// The ceilings are the best that was measured: fused multiply-adds on registers, and copying within the working sets of a few sizes
/// (Williams, Waterman & Patterson 2009).
struct Roofline {
    let peaks: BenchmarkRows
    let kernels: BenchmarkRows

    struct Point: Equatable {
        let name: String
        let intensity: Double
        let rate: Double

        /// The kernel's name up to its shape: `convolution 3×3`.
        var kind: String { String(name.prefix { $0 != "," }) }
    }

    /// The kernels that have both an intensity and a rate.
    func points() -> [Point] {
        let intensities = kernels.rows(of: "intensity")
        let rates = kernels.rows(of: "rate")
        return rates.compactMap { rate in
            let same = intensities.first {
                $0.name == rate.name && $0.variant == rate.variant && $0.batch == rate.batch
            }
            guard let same, same.median > 0, rate.median > 0 else { return nil }
            return Point(name: rate.name, intensity: same.median, rate: rate.median)
        }
    }

    func figure() throws(FigureError) -> Figure {
        let points = points()
        guard let threads = kernels.rows.first?.threads, let peak = peak(threads: threads), !points.isEmpty else {
            throw .nothingToDraw(reason: "kernels.csv has no rates, or peaks.csv no peak for as many threads")
        }
        let left = (points.map(\.intensity).min() ?? 0.1) / 1.6
        let right = (points.map(\.intensity).max() ?? 100) * 1.6
        let bottom = (points.map(\.rate).min() ?? 1) / 2
        var marks = ceilings(peak: peak, threads: threads, left: left, right: right, bottom: bottom)
        for (index, group) in kinds(points).enumerated() {
            marks.append(
                .points(
                    x: group.points.map(\.intensity), y: group.points.map(\.rate),
                    Ink.series(index).opacity(0.85), size: 6.5, label: group.kind))
        }
        let count = Int(threads)
        return Figure(
            title: "Roofline: the kernels under what the machine can do",
            subtitle:
                "Each mark is a pass of a kernel at a shape that the networks run, on \(count) thread\(count == 1 ? "" : "s").",
            panels: [
                [
                    Panel(
                        x: Axis("arithmetic intensity (FLOP/byte)", scale: .logarithmic, from: left, to: right),
                        y: Axis("rate (GFLOP/s)", scale: .logarithmic, from: bottom, to: peak * 2.2), marks: marks)
                ]
            ],
            footnote: "Operations that are done, bytes counted once for each tensor that goes in or out. "
                + "Lines: measured multiply-adds, and copying within a working set of a thread. normlab bench",
            legend: .right, size: Size(900, 540))
    }

    private func peak(threads: Double) -> Double? {
        peaks.rows(of: "rate").first { $0.threads == threads }?.maximum
    }

    /// The horizontal line of the peak, and a rising one for each bandwidth that differs from the last.
    private func ceilings(
        peak: Double, threads: Double, left: Double, right: Double, bottom: Double
    ) -> [Mark] {
        var marks: [Mark] = [
            .line(
                x: [left, right], y: [peak, peak], Ink.reference.dash([]),
                label: "multiply-adds: \(Int(peak.rounded())) GFLOP/s")
        ]
        let dashes: [[Double]] = [[8, 3], [5, 3], [3, 3], [1.5, 2.5], [8, 3, 1.5, 3]]
        for (index, level) in levels(threads: threads).enumerated() {
            // From where the slope meets the frame, below or at the left, to where it meets the peak.
            let start = max(left, bottom / level.bandwidth)
            let end = min(right, peak / level.bandwidth)
            guard end > start else { continue }
            marks.append(
                .line(
                    x: [start, end], y: [start * level.bandwidth, end * level.bandwidth],
                    Ink.reference.dash(dashes[index % dashes.count]),
                    label: "copying \(level.name): \(Int(level.bandwidth.rounded())) GB/s"))
        }
        return marks
    }

    /// Bandwidths of copying, the fastest first; sizes that are no slower by a quarter than one before are one level.
    func levels(threads: Double) -> [(name: String, bandwidth: Double)] {
        let copies = peaks.rows(of: "traffic").filter { $0.variant == "copy" && $0.threads == threads }
        var levels: [(name: String, bandwidth: Double)] = []
        for row in copies {
            if let last = levels.last, row.maximum > last.bandwidth * 0.75 { continue }
            levels.append((row.name, row.maximum))
        }
        return levels
    }

    private func kinds(_ points: [Point]) -> [(kind: String, points: [Point])] {
        points.map(\.kind).distinct.map { kind in (kind, points.filter { $0.kind == kind }) }
    }
}

/// `scaling`: training speed against the batch and against threads, and memory against the batch.
struct ScalingCurves {
    private let rows: BenchmarkRows

    init(_ rows: BenchmarkRows) { self.rows = rows }

    func figure() throws(FigureError) -> Figure {
        let batches = rows.rows.filter { $0.variant == "batch" }
        let threads = rows.rows.filter { $0.variant == "threads" }
        guard !batches.isEmpty else { throw .nothingToDraw(reason: "scaling.csv has no rows of the variant 'batch'") }
        var panels = [
            [
                panel(batches, "steps", "training steps a second", against: "batch", \.batch),
                panel(batches, "training", "images a second", against: "batch", \.batch),
            ],
            [panel(batches, "planned-memory", "planned memory (MB)", against: "batch", \.batch)],
        ]
        if !threads.isEmpty {
            panels[1].append(panel(threads, "steps", "training steps a second", against: "threads", \.threads))
        }
        return Figure(
            title: "Training speed and memory against batch and threads",
            subtitle: "Medians over repeats, bands from the slowest to the fastest repeat.", panels: panels,
            footnote: "Steps on random numbers, stochastic gradient descent with momentum. normlab bench scaling")
    }

    private func panel(
        _ rows: [BenchmarkRows.Row], _ metric: String, _ title: String, against axis: String,
        _ position: (BenchmarkRows.Row) -> Double?
    ) -> Panel {
        let measured = rows.filter { $0.metric == metric }
        var marks: [Mark] = []
        for (index, name) in measured.map(\.name).distinct.enumerated() {
            let curve = measured.filter { $0.name == name }.compactMap { row in position(row).map { ($0, row) } }
            let x = curve.map(\.0)
            marks.append(
                .band(
                    x: x, lower: curve.map(\.1.minimum), upper: curve.map(\.1.maximum), .series(index), label: name))
            marks.append(.line(x: x, y: curve.map(\.1.median), .series(index), label: name))
            marks.append(.points(x: x, y: curve.map(\.1.median), .series(index), label: name))
        }
        let positions = Array(Set(measured.compactMap(position))).sorted()
        return Panel(
            x: Axis(axis, scale: .logarithmic, ticks: .at(positions)), y: Axis(title, scale: .logarithmic),
            marks: marks)
    }
}
