import Foundation
import Plotting
import Testing

@testable import Figures
@testable import Results

@Suite struct SweepPanelsTests {
    /// A base arm with these losses at neighbouring rates.
    private func panels(_ losses: [Double]) -> [Panel] {
        let cells = losses.enumerated().map { column, loss in
            SweepGrid.Cell(
                arm: ArmRecord(name: "a@rate=\(column)", label: "A", order: column, color: 0), column: column, row: 0,
                statistics: SampleStatistics([loss]), diverged: 0)
        }
        let grid = SweepGrid(
            base: "a", label: "A", xValues: losses.indices.map(String.init), yValues: [""], cells: cells,
            metric: .testLoss)
        return SweepPanels(grids: [grid], metric: .testLoss, xKey: "optimizer.sgd.rate", yKey: nil).lines()
    }

    private func isLogarithmic(_ panel: Panel?) -> Bool {
        if case .logarithmic = panel?.y.scale { true } else { false }
    }

    @Test("Losses without bounds stand on a logarithmic axis, beside the lowest on a linear one")
    func unbounded() {
        let panels = panels([2.3, 0.4, 0.3, 1e14])
        #expect(panels.map(\.title) == ["All", "The lowest losses"])
        #expect(isLogarithmic(panels.first) && !isLogarithmic(panels.last))
        #expect((panels.first?.y.lower ?? 0) > 0 && (panels.first?.y.upper ?? 0) > 1e14)
        #expect((panels.last?.y.upper ?? .infinity) < 10)
    }

    @Test("Losses of one order of magnitude or two stand on a linear axis")
    func bounded() {
        #expect(panels([2.3, 0.4, 0.3, 30]).allSatisfy { !isLogarithmic($0) })
        #expect(panels([0.5, 0.4, 0.3]).count == 1)
    }

    /// Two points whose setting is the same kind, `z-score`, are two by the names that the sweep gives their values.
    @Test func namedValuesOfOneKindAreToldApart() throws {
        var experiment = SyntheticExperiment()
        let labels = ["a@input=per-pixel", "a@input=all"]
        experiment.arms = zip(experiment.arms, labels).map { arm, name in
            var arm = arm
            arm.name = name
            arm.settings = ["input": "z-score"]
            return arm
        }
        let folder = try experiment.write()
        defer { try? FileManager.default.removeItem(at: folder) }
        let drawing = try FigureText.figure("sweep", ["x": "input"]).draw(ExperimentResults(folder: folder))
        let rows = drawing.numbers.text.split(separator: "\n").dropFirst().map { $0.split(separator: ",")[2] }
        #expect(Set(rows) == ["per-pixel", "all"])
        #expect(
            ArmRecord(name: "a@rate=0.1,x=y", label: "", order: 0, color: 0).sweptText("optimizer.sgd.rate") == "0.1")
        #expect(ArmRecord(name: "a", label: "", order: 0, color: 0).sweptText("input") == nil)
    }
}
