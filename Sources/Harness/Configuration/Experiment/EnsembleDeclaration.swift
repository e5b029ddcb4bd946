import Declarations

/// Networks whose class probabilities are averaged: Figure 4 of Ioffe & Szegedy 2015.
public struct EnsembleDeclaration: Sendable, Equatable {
    /// Its name, which no arm has.
    public let name: String
    /// The arms of its members, in the order in which they join; at least two.
    public let arms: [String]
}

/// Reads the ensembles of an experiment.
struct EnsembleReader {
    let references: ReferenceChecker

    private var diagnostics: DiagnosticCollector { references.diagnostics }

    /// The ensembles of a mapping from names to lists of arms, in its full form.
    func ensembles(_ node: ConfigurationNode?) -> [EnsembleDeclaration] {
        (node?.entries ?? []).compactMap { entry in
            if references.arms.contains(where: { $0.fits(entry.key) }) {
                diagnostics.error("'\(entry.key)' is an arm; an ensemble needs a name of its own", atKey: entry)
            }
            var arms: [String] = []
            for place in entry.value.elements ?? [] where !place.isRefused {
                for name in references.arms(matching: place.scalar ?? "", at: place) {
                    if arms.contains(name) {
                        diagnostics.error("the arm '\(name)' is in the ensemble already", at: place)
                        continue
                    }
                    checkPredictions(of: name, at: place)
                    arms.append(name)
                }
            }
            if arms.count == 1, entry.value.elements?.count == 1 {
                diagnostics.error("an ensemble needs at least two arms", at: entry.value)
            }
            return arms.count < 2 ? nil : EnsembleDeclaration(name: entry.key, arms: arms)
        }
    }

    private func checkPredictions(of name: String, at node: ConfigurationNode) {
        let configurations = references.arms.first { $0.name == name }?.configurations.values.map(\.self) ?? []
        if configurations.allSatisfy(\.evaluate.predictions) { return }
        diagnostics.error(
            "the arm '\(name)' does not write its predictions; set 'evaluate.predictions' to true", at: node)
    }
}
