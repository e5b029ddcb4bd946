import Plotting

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
        var names: [String] = []
        for row in measured where !names.contains(row.name) { names.append(row.name) }
        var marks: [Mark] = []
        for (index, name) in names.enumerated() {
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
