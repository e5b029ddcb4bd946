import Vocabulary

/// What an experiment has that its figures, claims and observations may name: arms with their taps and quantities, swept
/// keys, ensembles. Names that lead nowhere are reported, and one mistake is not told twice.
public struct References {
    public struct Arm: Sendable {
        public let name: String
        /// The declared arm that it is a point of: its own name where nothing is swept.
        public let group: String
        /// The addresses in its network; empty without a network, nil where the network has mistakes of its own.
        public let taps: [String]?
        /// The patterns of taps that it observes, for each profile.
        public let observed: [[String]]
        /// The quantities that it measures, for each profile; nil where its procedures have mistakes of their own.
        public let quantities: [[String]?]
        /// Whether it writes the class probabilities of its final network, in every profile.
        public let writesPredictions: Bool

        public init(
            name: String, group: String, taps: [String]?, observed: [[String]], quantities: [[String]?],
            writesPredictions: Bool
        ) {
            self.name = name
            self.group = group
            self.taps = taps
            self.observed = observed
            self.quantities = quantities
            self.writesPredictions = writesPredictions
        }
    }

    public let arms: [Arm]
    public let sweptKeys: [String]
    public var ensembles: [String] = []
    public let diagnostics: DiagnosticCollector

    public init(arms: [Arm], sweptKeys: [String], diagnostics: DiagnosticCollector) {
        self.arms = arms
        self.sweptKeys = sweptKeys
        self.diagnostics = diagnostics
    }

    /// The names of the arms that a name or pattern stands for; none, with a message, where it fits none.
    public func arms(matching pattern: String, at node: ConfigurationNode) -> [String] {
        let names = arms.filter { ArmName.fits(pattern, arm: $0.name, group: $0.group) }.map(\.name)
        // Without any arm their own mistakes are told, and this would follow from them.
        if names.isEmpty, !arms.isEmpty {
            var known: [String] = []
            for name in arms.map(\.group) + arms.map(\.name) where !known.contains(name) { known.append(name) }
            let advice = Suggestion.phrase(for: pattern, among: known, called: "arms")
            diagnostics.error("no arm is called '\(pattern)'\(advice)", at: node)
        }
        return names
    }

    /// Reports a name of a single arm that is none, or stands for several.
    public func checkSingleArm(_ key: String, at node: ConfigurationNode) {
        guard let name = node.scalar else { return }
        let names = arms(matching: name, at: node)
        if names.count > 1 || names.first.map({ $0 != name }) == true {
            diagnostics.error("'\(key)' is one arm; '\(name)' stands for \(names.joined(separator: ", "))", at: node)
        }
    }

    /// Reports that one of the arms has no network: there is nothing to evaluate.
    public func checkNetwork(of armNames: [String], at node: ConfigurationNode) {
        guard let arm = arms.first(where: { armNames.contains($0.name) && $0.taps == [] }) else { return }
        diagnostics.error("the arm '\(arm.name)' has no network to be evaluated: name the arms that have one", at: node)
    }

    /// Reports a tap, or a pattern of taps, that one of the arms does not have or does not observe.
    public func checkTap(_ pattern: String, of armNames: [String], at node: ConfigurationNode) {
        let glob = Glob(pattern)
        for name in armNames {
            guard let arm = arms.first(where: { $0.name == name }), let taps = arm.taps else { continue }
            let matching = taps.filter(glob.matches)
            if matching.isEmpty {
                let advice = Suggestion.phrase(for: pattern, among: taps, called: "taps")
                diagnostics.error("the arm '\(name)' has no tap '\(pattern)'\(advice)", at: node)
                return
            }
            let isObserved = arm.observed.allSatisfy { patterns in
                matching.contains { tap in patterns.contains { Glob($0).matches(tap) } }
            }
            if !isObserved {
                diagnostics.error("the arm '\(name)' does not observe '\(pattern)'; add it to 'observe.taps'", at: node)
                return
            }
        }
    }

    public func checkQuantity(_ quantity: String, of armNames: [String], at node: ConfigurationNode) {
        for name in armNames {
            guard let arm = arms.first(where: { $0.name == name }) else { continue }
            // Without one of its procedures the procedure's own mistake is told, and this would follow from it.
            for known in arm.quantities.compactMap(\.self) where !known.contains(quantity) {
                let advice = Suggestion.phrase(for: quantity, among: known, called: "quantities")
                diagnostics.error("the arm '\(name)' does not measure '\(quantity)'\(advice)", at: node)
                return
            }
        }
    }

    public func checkSweptKey(_ key: String, at node: ConfigurationNode) {
        guard !key.isEmpty, !sweptKeys.contains(key) else { return }
        let advice = Suggestion.phrase(for: key, among: sweptKeys, called: "swept keys")
        diagnostics.error("'\(key)' is not swept\(advice)", at: node)
    }

    public func checkEnsemble(_ name: String, at node: ConfigurationNode) {
        guard !ensembles.contains(name) else { return }
        let advice = Suggestion.phrase(for: name, among: ensembles, called: "ensembles")
        diagnostics.error("there is no ensemble '\(name)'\(advice)", at: node)
    }
}
