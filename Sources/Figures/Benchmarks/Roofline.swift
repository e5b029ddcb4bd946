import Foundation
import Plotting

/// `roofline`: how fast each kernel computes against how much it computes for each byte, under what the machine can do.
///
/// The ceilings are the best that was measured: fused multiply-adds on registers, and copying within the working sets of a few sizes
/// (Williams, Waterman & Patterson 2009).
struct Roofline {
    let peaks: BenchmarkRows
    let kernels: BenchmarkRows

    /// A kernel's place.
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
            footnote: "Operations by the equations, bytes counted once for each tensor that goes in or out. "
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
        var order: [String] = []
        for point in points where !order.contains(point.kind) { order.append(point.kind) }
        return order.map { kind in (kind, points.filter { $0.kind == kind }) }
    }
}
