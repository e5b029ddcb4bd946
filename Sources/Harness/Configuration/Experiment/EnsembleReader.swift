import Declarations
import Results
import Vocabulary

/// Reads the ensembles of an experiment.
struct EnsembleReader {
    let references: References

    private var diagnostics: DiagnosticCollector { references.diagnostics }

    /// The ensembles of a mapping from names to lists of arms, in its full form.
    func ensembles(_ node: ConfigurationNode?) -> [DeclaredExperiment.Ensemble] {
        (node?.entries ?? []).compactMap { entry in
            if references.arms.contains(where: { ArmName.fits(entry.key, arm: $0.name, group: $0.group) }) {
                diagnostics.error("'\(entry.key)' is an arm; an ensemble needs a name of its own", atKey: entry)
            }
            var arms: [String] = []
            for place in entry.value.elements ?? [] where !place.isRefused {
                for name in references.arms(matching: place.scalar ?? "", at: place) {
                    if arms.contains(name) {
                        diagnostics.error("the arm '\(name)' is in the ensemble already", at: place)
                        continue
                    }
                    if references.arms.first(where: { $0.name == name })?.writesPredictions == false {
                        diagnostics.error(
                            "the arm '\(name)' does not write its predictions; set 'evaluate.predictions' to true",
                            at: place)
                    }
                    arms.append(name)
                }
            }
            if arms.count == 1, entry.value.elements?.count == 1 {
                diagnostics.error("an ensemble needs at least two arms", at: entry.value)
            }
            return arms.count < 2 ? nil : DeclaredExperiment.Ensemble(name: entry.key, arms: arms)
        }
    }
}
