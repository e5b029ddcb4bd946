import Foundation
import Plotting
import Results

/// One panel of ``ActivationDistributions``: a layer of a run.
struct DistributionPanel {
    let column: DistributionColumn
    let tap: String
    /// What the layer is called on the axis.
    let label: String
    let grid: DistributionGrid
    let scale: ScaleChoice
    /// The steps of a whole run.
    let steps: Int?

    /// Densities below this share of the step's peak look like the paper.
    private static let least = 0.001

    /// Densities over steps and values.
    private struct Density {
        /// The first step of each column.
        var steps: [Int] = []
        /// The columns' edges on the axis of steps.
        var edges: [Double] = []
        /// `[column][bin]`
        var values: [[Double]] = []
    }

    /// The panel; the first of its column carries the arm's name.
    func panel(hasTitle: Bool) -> Panel {
        let density = density()
        var marks: [Mark] = []
        if !density.values.isEmpty {
            let scale = ColorScale(
                "Density, relative to what a quarter of the values exceed", from: 0, to: 1, map: .density)
            let relative = density.values.map { column in
                let level = Self.levelOfQuarter(column)
                return column.map { level > 0 ? min($0 / level, 1) : 0 }
            }
            let rows = (0..<grid.edges.count - 1).map { bin in relative.map { $0[bin] } }
            marks.append(.heatMap(HeatMap(xEdges: density.edges, yEdges: grid.edges, values: rows, colors: scale)))
        }
        marks += lines()
        return Panel(
            title: hasTitle ? column.arm.label + divergence : nil, x: .steps(steps, scale: scale),
            y: Axis(label, from: grid.edges[0], to: grid.edges[grid.edges.count - 1]), marks: marks)
    }

    /// Adds the panel's numbers.
    func write(to numbers: inout CSVText) {
        let (arm, seed) = (CSVField.text(column.arm.name), CSVField.integer(column.run.seed))
        let density = density()
        for (step, values) in zip(density.steps, density.values) {
            let peak = values.max() ?? 0
            for (bin, value) in values.enumerated() where value > Self.least * peak {
                numbers.append(
                    arm, seed, .text(tap), .integer(step), "density", .number(rounded(grid.edges[bin])),
                    .number(rounded(grid.edges[bin + 1])), .number(rounded(value, digits: 4)))
            }
        }
        guard let percentiles = column.percentiles[tap] else { return }
        for (name, values) in [("p16", percentiles.p16), ("p50", percentiles.p50), ("p84", percentiles.p84)] {
            for (step, value) in zip(percentiles.steps, values) {
                numbers.append(arm, seed, .text(tap), .integer(step), .text(name), .empty, .empty, .number(value))
            }
        }
    }

    // MARK: Parts

    /// The density that a quarter of the values exceed. A narrow peak, such as that of pixels of the background, would leave no
    /// colour for all other values; of a bell this is 95 % of the peak.
    private static func levelOfQuarter(_ densities: [Double]) -> Double {
        let descending = densities.sorted(by: >)
        let quarter = descending.reduce(0, +) / 4
        var sum = 0.0
        for density in descending {
            sum += density
            if sum >= quarter { return density }
        }
        return 0
    }

    private func lines() -> [Mark] {
        guard let percentiles = column.percentiles[tap], !percentiles.steps.isEmpty else {
            let middle = (grid.edges[0] + grid.edges[grid.edges.count - 1]) / 2
            return [.note("no such tap", x: Double(steps ?? 1) / 2, y: middle, color: .muted, anchor: .middle)]
        }
        let x = percentiles.steps.map(Double.init)
        let ink = Ink(Color(0xF0A000), width: 1.2)
        return [
            .line(x: x, y: percentiles.p16, ink.dash([4, 3]), label: "16th and 84th percentile"),
            .line(x: x, y: percentiles.p84, ink.dash([4, 3]), label: "16th and 84th percentile"),
            .line(x: x, y: percentiles.p50, ink.width(1.8), label: "median"),
        ]
    }

    private var divergence: String {
        guard column.run.status == .diverged else { return "" }
        return column.run.divergedAt.map { " (diverged at step \(Phrase.grouped($0)))" } ?? " (diverged)"
    }

    /// The densities, neighbouring observations averaged where there are more than a panel can show.
    private func density() -> Density {
        guard let histograms = column.histograms[tap] else { return Density() }
        let columns = StepColumns(histograms.steps, scale: scale, of: steps)
        var density = Density()
        for members in columns.members {
            var mean = [Double](repeating: 0, count: grid.edges.count - 1)
            for member in members {
                for (bin, value) in histograms.density(at: member, on: grid.edges).enumerated() {
                    mean[bin] += value / Double(members.count)
                }
            }
            density.values.append(mean)
        }
        (density.steps, density.edges) = (columns.steps, columns.edges)
        return density
    }

    /// A few digits are more than a picture shows and keep the file small.
    private func rounded(_ value: Double, digits: Int = 6) -> Double {
        Double(String(format: "%.\(digits)g", value)) ?? value
    }
}
