import Plotting
import Results
import Vocabulary

/// `ensemble`: accuracy against the number of networks whose class probabilities are averaged (Ioffe & Szegedy 2015, §4.2.3
/// and Figure 4).
struct EnsembleAccuracy: FigureKind {
    var common = CommonFields()
    var ensemble = ""

    static let kind = "ensemble"
    static let summary = "Test accuracy against the number of averaged networks, with each network's own."
    static let fields: [Field<Self>] =
        namingFields + [Field("ensemble", \.ensemble, .text, required: true, "The name of the ensemble.")]

    static let columns = [
        FigureColumn("members", "how many networks are averaged"),
        FigureColumn("arm", "the arm of the network that joins last"),
        FigureColumn("seed", "the seed; empty for the mean over seeds"),
        FigureColumn("single", "test accuracy, 0 to 1, of that network alone"),
        FigureColumn("mean-single", "mean accuracy of the members so far"),
        FigureColumn("accuracy", "test accuracy of the mean of their class probabilities"),
        FigureColumn("n", "seeds in the mean"),
        FigureColumn("deviation", "standard deviation of the ensemble's accuracy over seeds (divisor n − 1)"),
    ]

    func check(_ fields: FigureFields) { fields.checkEnsemble("ensemble") }

    /// One member count with one seed: a row of `ensembles.csv`.
    private struct Step {
        let seed: Int
        let arm: String
        let single: Double
        let meanSingle: Double
        let accuracy: Double
    }

    func draw(_ results: ExperimentResults) throws(FigureError) -> FigureDrawing {
        // The steps of all seeds, by the number of members less one.
        let steps = try reading { () throws(CSVError) in try read(results) }
        guard let all = steps.last, !all.isEmpty else {
            throw .nothingToDraw(
                reason: "no seed of the ensemble '\(ensemble)' is whole: every member must have finished")
        }
        let members = steps.compactMap { group in results.arms.first { $0.name == group.first?.arm } }
        var footnote = Footnote(results, arms: members)
        let seeds = all.map(\.seed)
        footnote.add("The ensemble's answer is the class of the greatest arithmetic mean of probabilities.")
        footnote.add(
            "Whole ensembles: \(Phrase.seeds(seeds)).",
            if: members.contains { results.results(of: $0).count != seeds.count })
        var numbers = Self.numbers()
        write(steps, to: &numbers)
        let mean = SampleStatistics(all.map(\.accuracy)).mean
        let single = SampleStatistics(all.map(\.meanSingle)).mean
        let seedWords =
            seeds.count == 1 ? "One seed." : "Mean and range of \(seeds.count) seeds; diamonds: single networks."
        let picture = Figure(
            title: common.title ?? "Single networks and their ensemble",
            subtitle: "\(results.facts.title). All \(steps.count) together: \(Phrase.percent(mean, decimals: 2)), "
                + "\(Self.words(ofGain: mean - single)) the mean of single networks. \(seedWords)",
            panel: panel(steps, results), footnote: footnote.text)
        return FigureDrawing(picture: picture, numbers: numbers)
    }

    /// `0.53 points above`: how a difference of two accuracies is said.
    static func words(ofGain gain: Double) -> String {
        "\(Phrase.fixed(100 * abs(gain), decimals: 2)) points \(gain < 0 ? "below" : "above")"
    }

    private func read(_ results: ExperimentResults) throws(CSVError) -> [[Step]] {
        let table = try results.table("ensembles.csv")
        let rows = try table.rows(where: "ensemble", is: ensemble)
        let members = try table.integers("members", rows: rows)
        let seeds = try table.integers("seed", rows: rows)
        let arms = try table.texts("arm", rows: rows)
        let singles = try table.values("single", rows: rows)
        let means = try table.values("mean-single", rows: rows)
        let accuracies = try table.values("accuracy", rows: rows)
        var steps = [[Step]](repeating: [], count: members.max() ?? 0)
        for index in rows.indices where members[index] >= 1 {
            steps[members[index] - 1].append(
                Step(
                    seed: seeds[index], arm: arms[index], single: singles[index], meanSingle: means[index],
                    accuracy: accuracies[index]))
        }
        return steps
    }

    private func panel(_ steps: [[Step]], _ results: ExperimentResults) -> Panel {
        let places = steps.indices.map(Double.init)
        let together = steps.map { SampleStatistics($0.map(\.accuracy)) }
        let singles = steps.last.map { SampleStatistics($0.map(\.meanSingle)).mean } ?? .nan
        let (ensembleInk, singleInk) = (Ink.series(0), Ink.series(1))
        var marks: [Mark] = [
            .rule(
                .horizontal, at: singles, .reference,
                label: "Mean of single networks: \(Phrase.percent(singles, decimals: 2))")
        ]
        if together.contains(where: { $0.count > 1 }) {
            marks.append(
                .band(x: places, lower: together.map(\.minimum), upper: together.map(\.maximum), ensembleInk.unmarked))
        }
        for (place, group) in zip(places, steps) {
            marks.append(
                .points(
                    x: group.map { _ in place }, y: group.map(\.single), singleInk.opacity(0.75), size: 7,
                    label: "The network that joins, alone"))
        }
        marks.append(.line(x: places, y: together.map(\.mean), ensembleInk.unmarked.width(2)))
        marks.append(
            .points(x: places, y: together.map(\.mean), ensembleInk, size: 9, label: "Ensemble of the networks so far"))
        let names = steps.map { group in
            results.arms.first { $0.name == group.first?.arm }?.label ?? group.first?.arm ?? ""
        }
        return Panel(
            x: .categories(names, title: "Networks in the ensemble: all from the left up to here"),
            y: Axis("Test accuracy", format: .percent, grid: true), marks: marks)
    }

    private func write(_ steps: [[Step]], to numbers: inout CSVText) {
        for (index, group) in steps.enumerated() {
            for step in group {
                numbers.append(
                    .integer(index + 1), .text(step.arm), .integer(step.seed), .number(step.single),
                    .number(step.meanSingle), .number(step.accuracy), .empty, .empty)
            }
            let accuracy = SampleStatistics(group.map(\.accuracy))
            numbers.append(
                .integer(index + 1), .text(group.first?.arm ?? ""), .empty,
                .number(SampleStatistics(group.map(\.single)).mean),
                .number(SampleStatistics(group.map(\.meanSingle)).mean), .number(accuracy.mean),
                .integer(accuracy.count),
                .optional(accuracy.deviation))
        }
    }
}
