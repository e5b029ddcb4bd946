import Declarations
import Engine
import Results

/// Reads the claims of an experiment.
struct ClaimReader {
    let references: ReferenceChecker
    /// The names of the experiment's ensembles.
    let ensembles: [String]

    private var diagnostics: DiagnosticCollector { references.diagnostics }

    /// The claims of a list in its full form.
    func claims(_ node: ConfigurationNode?) -> [ClaimDeclaration] {
        var claims: [ClaimDeclaration] = []
        var ids: Set<String> = []
        for element in node?.elements ?? [] {
            if let place = element["id"], let id = place.scalar, !ids.insert(id).inserted {
                diagnostics.error("two claims are called '\(id)'", at: place)
            }
            guard let claim = claim(element) else { continue }
            claims.append(claim)
        }
        return claims
    }

    private func claim(_ node: ConfigurationNode) -> ClaimDeclaration? {
        let fields = ClaimFields(resolved: node)
        if let place = node["id"], !place.isRefused, !Resolver.isName(fields.id) {
            diagnostics.error("'\(fields.id)' cannot name a claim; use lower case letters, digits and '-'", at: place)
        }
        let arm = choice(fields.arm, fields.chosenBy, at: node["arm"])
        let reference = reference(fields, node)
        let measure = measure(fields, node)
        let effect = effect(fields, node)
        checkMeaning(fields, node, measure)
        var compared = arm?.candidates ?? []
        if case .arm(let other) = reference { compared += other.candidates }
        switch measure {
        case .drift(let tap), .spread(let tap):
            let kind = type(of: fields.measure).kind
            if let place = node[path: ["measure", kind, "tap"]], !place.isRefused {
                references.checkTap(tap, of: compared, at: place)
            }
        case .quantity(let reading):
            if let place = node[path: ["measure", QuantityReading.kind, "name"]], !place.isRefused {
                references.checkQuantity(reading, of: compared, at: place)
            }
        case .stepsTo, .best, .final, .at, .diverges, nil: break
        }
        if let measure { checkEnsemble([arm, reference?.choice], measure, fields, node) }
        guard let arm, let reference, let measure else { return nil }
        return ClaimDeclaration(
            id: fields.id, statement: fields.statement, source: fields.source, disputedBy: fields.disputedBy,
            measure: measure, statistics: fields.statistics, smoothing: fields.smoothing, arm: arm,
            reference: reference, expectation: fields.expect, minimumEffect: effect)
    }

    // MARK: Arms

    private func choice(_ pattern: String, _ choose: Metric?, at node: ConfigurationNode?) -> ArmChoice? {
        guard let node, !node.isRefused else { return nil }
        if let ensemble = ensemble(pattern) { return ArmChoice(ensemble: ensemble) }
        let candidates = references.arms(matching: pattern, at: node)
        if candidates.isEmpty { return nil }
        if candidates.count > 1, choose == nil {
            diagnostics.error(
                "'\(pattern)' stands for \(candidates.count) arms; 'chosen-by: test-accuracy' says how one is chosen",
                at: node)
            return nil
        }
        return ArmChoice(pattern: pattern, candidates: candidates, choose: candidates.count > 1 ? choose : nil)
    }

    /// The number of an ensemble that a text names: `six`, `mean-of(six)`, `best-of(six)`.
    private func ensemble(_ text: String) -> EnsembleNumber? {
        if ensembles.contains(text) { return .together(text) }
        let numbers = ensembles.flatMap { [EnsembleNumber.meanOfMembers($0), .bestOfMembers($0)] }
        return numbers.first { $0.description == text }
    }

    /// Reports a claim that asks an ensemble for more than it has.
    private func checkEnsemble(
        _ choices: [ArmChoice?], _ measure: ClaimMeasure, _ fields: ClaimFields, _ node: ConfigurationNode
    ) {
        guard let ensemble = choices.lazy.compactMap({ $0?.ensemble }).first else { return }
        guard measure == .final(.testAccuracy), fields.statistics == nil, fields.smoothing == 1 else {
            diagnostics.error(
                "of the ensemble '\(ensemble.name)' there is one number: measure { final: test-accuracy }, without "
                    + "'statistics' and 'smoothing'", at: node["measure"] ?? node)
            return
        }
    }

    /// Reports keys that mean nothing for a claim's measure.
    private func checkMeaning(_ fields: ClaimFields, _ node: ConfigurationNode, _ measure: ClaimMeasure?) {
        guard let measure else { return }
        if fields.smoothing > 1, !measure.isOfTestSet {
            diagnostics.error(
                "'smoothing' averages evaluations of the test set; this measure has none", at: node["smoothing"] ?? node
            )
        }
        checkShare(fields.value, of: measure, at: node["value"])
        if case .stepsTo(.testAccuracy, .value(let target)) = measure {
            checkShare(target, of: .best(.testAccuracy), at: node[path: ["measure", StepsToMeasure.kind, "target"]])
        }
        if case .diverges = measure, fields.factor != nil {
            diagnostics.error("a share of 0 has no ratio; give a difference, 'by'", at: node["factor"] ?? node)
        }
    }

    /// An accuracy in percent would never be reached.
    private func checkShare(_ value: Double?, of measure: ClaimMeasure?, at place: ConfigurationNode?) {
        guard let value, let place, value > 1 else { return }
        switch measure {
        case .best(.testAccuracy), .final(.testAccuracy), .at(.testAccuracy, _):
            let advice = "write \(value / 100)"
            diagnostics.error("an accuracy is a share from 0 to 1, found \(place.found); \(advice)", at: place)
        default: break
        }
    }

    private func reference(_ fields: ClaimFields, _ node: ConfigurationNode) -> ClaimDeclaration.Reference? {
        switch (fields.comparedWith, fields.value) {
        case (let other?, nil): return choice(other, fields.chosenBy, at: node["compared-with"]).map { .arm($0) }
        case (nil, let value?): return .value(value)
        case (nil, nil):
            // A mistake in one of them is reported already.
            if node["compared-with"] == nil, node["value"] == nil, !node.isRefused {
                diagnostics.error("a claim compares its arm with another, 'compared-with', or with a 'value'", at: node)
            }
        case (_?, _?):
            diagnostics.error("a claim compares with an arm or with a value, not with both", at: node["value"] ?? node)
        }
        return nil
    }

    // MARK: Measures and effects

    private func measure(_ fields: ClaimFields, _ node: ConfigurationNode) -> ClaimMeasure? {
        switch fields.measure {
        case let measure as BestMeasure: return .best(measure.metric)
        case let measure as FinalMeasure: return .final(measure.metric)
        case let measure as AtMeasure: return .at(measure.metric, step: measure.step)
        case let measure as DriftMeasure: return .drift(tap: measure.tap)
        case let measure as SpreadMeasure: return .spread(tap: measure.tap)
        case let measure as QuantityReading: return .quantity(measure)
        case is DivergesMeasure: return .diverges
        case let measure as StepsToMeasure:
            guard let place = node[path: ["measure", StepsToMeasure.kind, "target"]], !place.isRefused else {
                return nil
            }
            return target(measure.target, at: place).map { .stepsTo(measure.metric, target: $0) }
        default: return nil
        }
    }

    private func target(_ text: String, at node: ConfigurationNode) -> ClaimMeasure.Target? {
        if let value = Scalar.decimal(text) { return .value(value) }
        let opening = "best-of("
        guard text.hasPrefix(opening), text.hasSuffix(")") else {
            diagnostics.error("'target': expected a number or best-of(ARM), found \(node.found)", at: node)
            return nil
        }
        let pattern = String(text.dropFirst(opening.count).dropLast())
        let names = references.arms(matching: pattern, at: node)
        if names.count > 1 {
            diagnostics.error("'\(pattern)' stands for \(names.count) arms; a target is the best of one", at: node)
        }
        return names.count == 1 ? .bestOf(arm: names[0]) : nil
    }

    private func effect(_ fields: ClaimFields, _ node: ConfigurationNode) -> MinimumEffect {
        let effects = ["factor", "by", "at-most-worse"].compactMap { node[$0] }.filter { !$0.isNone }
        if effects.count > 1 {
            diagnostics.error(
                "the least effect is a 'factor', a difference ('by'), or an 'at-most-worse', not several",
                at: effects[1])
        }
        if let factor = fields.factor { return .factor(factor) }
        return .margin(fields.by ?? fields.atMostWorse.map { -$0 } ?? 0)
    }
}

extension ClaimDeclaration.Reference {
    /// The arm that is compared with; nil for a number.
    fileprivate var choice: ArmChoice? {
        switch self {
        case .arm(let choice): choice
        case .value: nil
        }
    }
}

extension ClaimMeasure {
    /// Whether it reads evaluations of the test set.
    fileprivate var isOfTestSet: Bool {
        switch self {
        case .stepsTo(let metric, _), .best(let metric), .final(let metric), .at(let metric, _): metric.isOfTestSet
        case .drift, .spread, .quantity, .diverges: false
        }
    }
}
