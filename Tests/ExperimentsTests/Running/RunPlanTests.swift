import Declarations
import Foundation
import Testing

@testable import Experiments
@testable import Running

struct RunPlanTests {
    /// Whoever is handed a plan makes the very run: the same numbers, the same settings in its manifest.
    @Test(arguments: ["baseline", "batch-norm", "unobserved", "explosive"])
    func readsBackFromOneLine(arm: String) throws {
        let tiny = try TinyExperiment()
        let plan = try tiny.plan(arm, seed: .max)
        let read = try JSONLine.value(RunPlan.self, in: JSONLine.text(plan).utf8)
        #expect(read.title == plan.title && read.folder(in: tiny.results) == plan.folder(in: tiny.results))
        #expect(read.flatSettings == plan.flatSettings)
        #expect(read.resolvedConfiguration(dataset: tiny.dataset) == plan.resolvedConfiguration(dataset: tiny.dataset))
        func hash(_ plan: RunPlan) -> String { plan.hash(dataset: "lines", checksum: "1", numericsVersion: 1) }
        #expect(hash(read) == hash(plan))
    }

    @Test func aConfigurationIsReadAsStrictlyAsAFile() throws {
        let text = JSONLine.text(try TinyExperiment().plan("baseline")).replacing("batch: 12", with: "batsh: 12")
        let errors = #expect(throws: ConfigurationErrors.self) { try JSONLine.value(RunPlan.self, in: text.utf8) }
        #expect(errors.map { "\($0)" }?.contains("unknown key 'batsh'") == true)
    }
}
