import Declarations
import Engine
import Results
import Vocabulary

/// Looks whether an arm's settings fit each other and its model, where no schema can tell.
struct SettingChecker {
    let diagnostics: DiagnosticCollector

    /// Reports what does not fit, once for each place where it is written.
    func check(_ arms: [Arm]) {
        var reported: Set<SourcePosition> = []
        for arm in arms {
            for configuration in Profile.names.compactMap({ arm.configurations[$0] }) {
                for (place, message) in mistakes(in: configuration) where reported.insert(place.position).inserted {
                    diagnostics.error(message, at: place, notes: ["in the arm '\(arm.name)'"])
                }
            }
        }
    }

    /// Reports what does not fit in one configuration.
    func check(_ configuration: RunConfiguration) {
        for (place, message) in mistakes(in: configuration) { diagnostics.error(message, at: place) }
    }

    private func mistakes(in configuration: RunConfiguration) -> [(place: ConfigurationNode, message: String)] {
        misplacedNormalizations(in: configuration) + impossibleEvaluations(in: configuration)
    }

    /// Patterns of `normalize-at` that name no product with a slot behind it.
    private func misplacedNormalizations(
        in configuration: RunConfiguration
    ) -> [(ConfigurationNode, String)] {
        let places = configuration.written["normalize-at"]?.elements ?? []
        if places.isEmpty { return [] }
        let products = configuration.expansion.normalizableProducts
        return places.compactMap { place in
            guard let pattern = place.scalar, !products.contains(where: Glob(pattern).matches) else { return nil }
            let advice = Suggestion.phrase(for: pattern, among: products, called: "products with one")
            return (place, "no 'normalize' slot is behind a product '\(pattern)'\(advice)")
        }
    }

    /// Evaluations that would measure nothing.
    private func impossibleEvaluations(in configuration: RunConfiguration) -> [(ConfigurationNode, String)] {
        guard configuration.evaluate.orderedStatistics.isEmpty,
            let place = configuration.written[path: ["evaluate", "statistics"]]
        else { return [] }
        return [(place, "'evaluate.statistics': there are no population statistics where 'population-batches' is 0")]
    }
}
