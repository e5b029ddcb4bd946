import Declarations
import Engine
import Results
import Vocabulary

/// Holds the arms and taps that figures, claims and observations name against those that there are.
struct ReferenceChecker {
    let arms: [Arm]
    let networks: [String: Network]
    let diagnostics: DiagnosticCollector

    // MARK: Arms

    /// The names of the arms that a name or pattern stands for; none, with a message, where it fits none.
    func arms(matching pattern: String, at node: ConfigurationNode) -> [String] {
        let names = arms.filter { $0.fits(pattern) }.map(\.name)
        // Without any arm their own mistakes are told, and this would follow from them.
        if names.isEmpty, !arms.isEmpty {
            var known: [String] = []
            for name in arms.map(\.group) + arms.map(\.name) where !known.contains(name) { known.append(name) }
            let advice = Suggestion.phrase(for: pattern, among: known, called: "arms")
            diagnostics.error("no arm is called '\(pattern)'\(advice)", at: node)
        }
        return names
    }

    // MARK: Taps

    /// Reports a tap, or a pattern of taps, that one of the arms does not have or does not observe.
    func checkTap(_ pattern: String, of armNames: [String], at node: ConfigurationNode) {
        let glob = Glob(pattern)
        for name in armNames {
            guard let arm = arms.first(where: { $0.name == name }), let network = networks[name] else { continue }
            let addresses = network.taps.map(\.address)
            let matching = addresses.filter(glob.matches)
            if matching.isEmpty {
                let advice = Suggestion.phrase(for: pattern, among: addresses, called: "taps")
                diagnostics.error("the arm '\(name)' has no tap '\(pattern)'\(advice)", at: node)
                return
            }
            let observed = arm.configurations.values.allSatisfy { configuration in
                let patterns = configuration.observe.taps.map(Glob.init)
                return matching.contains { address in patterns.contains { $0.matches(address) } }
            }
            if !observed {
                diagnostics.error("the arm '\(name)' does not observe '\(pattern)'; add it to 'observe.taps'", at: node)
                return
            }
        }
    }

    // MARK: Quantities

    /// Reports a quantity that one of the arms does not measure.
    func checkQuantity(_ reading: QuantityReading, of armNames: [String], at node: ConfigurationNode) {
        for name in armNames {
            guard let arm = arms.first(where: { $0.name == name }) else { continue }
            for configuration in arm.configurations.values {
                // Without one of its procedures the procedure's own mistake is told, and this would follow from it.
                let written = configuration.written["procedures"]?.elements?.count ?? 0
                if written > configuration.procedures.count { continue }
                let known = configuration.quantities.map(\.name)
                if known.contains(reading.name) { continue }
                let advice = Suggestion.phrase(for: reading.name, among: known, called: "quantities")
                diagnostics.error("the arm '\(name)' does not measure '\(reading.name)'\(advice)", at: node)
                return
            }
        }
    }
}
