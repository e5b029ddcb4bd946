import Declarations
import Results
import Vocabulary

/// A statement with a source, the number that decides it, and the least effect that counts, as it is written.
public struct Claim: Configurable, Equatable {
    public internal(set) var id = ""
    public internal(set) var statement = ""
    public internal(set) var source = ""
    /// Who says otherwise, and where; nil where nobody is known to. Shown beside the verdict, which it does not change.
    public internal(set) var disputedBy: String?
    var measure: any Measure = FinalMeasure()
    var arm = ""
    var comparedWith: String?
    var value: Double?
    var chosenBy: Metric?
    var expect = ExpectedDirection.above
    var factor: Double?
    var by: Double?
    var atMostWorse: Double?
    var statistics: StatisticsSource?
    var smoothing = 1

    public static let kind = "claim"
    public static let summary =
        "A statement with a source, the number that decides it, and the least effect that counts."
    public static let fields: [Field<Self>] = [
        Field("id", \.id, .text, required: true, "A name, unique in the experiment."),
        Field("statement", \.statement, .text, required: true, "What is claimed, in one sentence of our own."),
        Field("source", \.source, .text, required: true, "Who says it: the words, quoted briefly, with the section."),
        Field(
            "disputed-by", \.disputedBy, .text.optional,
            "Who says otherwise, with what and where; it is shown beside the verdict, which it does not change."),
        Field(
            "measure", \.measure, oneOf: MeasureCatalogue.all, required: true,
            "The number of each run that decides: with one seed, one number."),
        Field(
            "arm", \.arm, .text, required: true,
            "The arm that the claim is about, a pattern such as 'batch-norm@*', or an ensemble."),
        Field(
            "compared-with", \.comparedWith, .text.optional,
            """
            The arm or pattern that it is compared with, seed by seed; an ensemble, or `mean-of(ENSEMBLE)` or \
            `best-of(ENSEMBLE)`, which are the mean and the best accuracy of its members.
            """),
        Field(
            "value", \.value, .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude).optional,
            "A published number that it is compared with, instead of an arm."),
        Field(
            "chosen-by", \.chosenBy, .word().optional,
            "How one arm is chosen where a pattern fits several: by the best mean over seeds of this metric at the end."
        ),
        Field("expect", \.expect, required: true, "On which side of the other the arm is expected."),
        Field("factor", \.factor, .number(1...1e9).optional, "The least ratio that counts: 2 means half, or double."),
        Field(
            "by", \.by, .number(0...1e9).optional, "The least difference that counts, in the measure's unit."),
        Field(
            "at-most-worse", \.atMostWorse, .number(0...1e9).optional,
            "How much worse is still not worse, in the measure's unit: the claim is that not more than this is lost."),
        Field(
            "statistics", \.statistics, .word().optional,
            "The statistics of batch normalization; none means those that count, of the first kind that covers the evaluations."
        ),
        Field(
            "smoothing", \.smoothing, 1...1000,
            """
            Metrics of the test set are read as the mean over so many consecutive evaluations, at the last of them; a target \
            is then the best such mean.
            """),
    ]

    public init() {}

    /// How far on the expected side the arm's numbers must be.
    var minimumEffect: MinimumEffect {
        if let factor { return .factor(factor) }
        return .margin(by ?? atMostWorse.map { -$0 } ?? 0)
    }

    /// Who says it and, on a line below, who says otherwise.
    var sources: String { source + (disputedBy.map { "\ndisputed by \($0)" } ?? "") }
}

/// What a claim expects of its arm's numbers, beside those that it is compared with.
public enum ExpectedDirection: String, ConfigurationWord {
    case below
    case above
}

public enum MinimumEffect: Equatable, Sendable {
    /// The ratio: `factor(2)` means half (below) or double (above). 1 asks for the direction only. At least 1.
    case factor(Double)
    /// The difference, in the measure's own unit. 0 asks for the direction only; a negative margin is a loss that is allowed.
    case margin(Double)
}

// MARK: Whose numbers

/// What a claim names as its arm: arms of which one is chosen, or a number of an ensemble.
enum ArmChoice: Equatable {
    /// The arms that a name or pattern stands for, in declared order; none where it stands for nothing.
    case arms([String])
    case ensemble(EnsembleNumber)

    /// What a text stands for, where `arms` finds the arms that it fits.
    init(_ text: String, ensembles: [String], arms: (String) -> [String]) {
        let numbers = ensembles.flatMap { [EnsembleNumber.together($0), .meanOfMembers($0), .bestOfMembers($0)] }
        self = numbers.first { $0.description == text }.map { .ensemble($0) } ?? .arms(arms(text))
    }

    init(_ text: String, in experiment: DeclaredExperiment) {
        self.init(text, ensembles: experiment.ensembles.map(\.name)) { pattern in
            experiment.arms.filter { $0.fits(pattern) }.map(\.name)
        }
    }
}

/// One of the accuracies that an ensemble has for each seed.
enum EnsembleNumber: Sendable, Equatable {
    case together(String)
    case meanOfMembers(String)
    case bestOfMembers(String)

    var name: String {
        switch self {
        case .together(let name), .meanOfMembers(let name), .bestOfMembers(let name): name
        }
    }

    /// As it is written in a claim.
    var description: String {
        switch self {
        case .together(let name): name
        case .meanOfMembers(let name): "mean-of(\(name))"
        case .bestOfMembers(let name): "best-of(\(name))"
        }
    }
}

// MARK: Reading

extension Claim {
    /// The claims of a list that is resolved and complete; what is wrong with them goes to the references' diagnostics.
    public static func read(_ node: ConfigurationNode?, _ references: References) -> [Claim] {
        var ids: Set<String> = []
        return (node?.elements ?? []).map { element in
            if let place = element["id"], let id = place.scalar, !ids.insert(id).inserted {
                references.diagnostics.error("two claims are called '\(id)'", at: place)
            }
            let claim = Claim(resolved: element)
            claim.check(element, references)
            return claim
        }
    }

    private func check(_ node: ConfigurationNode, _ references: References) {
        let diagnostics = references.diagnostics
        if let place = node["id"], !place.isRefused, !Resolver.isName(id) {
            diagnostics.error("'\(id)' cannot name a claim; use lower case letters, digits and '-'", at: place)
        }
        var choices = [choice(arm, at: node["arm"], references)]
        switch (comparedWith, value) {
        case (let other?, nil): choices.append(choice(other, at: node["compared-with"], references))
        case (nil, _?): break
        case (nil, nil):
            // A mistake in one of them is reported already.
            if node["compared-with"] == nil, node["value"] == nil, !node.isRefused {
                diagnostics.error("a claim compares its arm with another, 'compared-with', or with a 'value'", at: node)
            }
        case (_?, _?):
            diagnostics.error("a claim compares with an arm or with a value, not with both", at: node["value"] ?? node)
        }
        let effects = ["factor", "by", "at-most-worse"].compactMap { node[$0] }.filter { !$0.isNone }
        if effects.count > 1 {
            diagnostics.error(
                "the least effect is a 'factor', a difference ('by'), or an 'at-most-worse', not several",
                at: effects[1])
        }
        checkMeasure(of: choices.compactMap(\.self), node, references)
    }

    private func choice(_ text: String, at node: ConfigurationNode?, _ references: References) -> ArmChoice? {
        guard let node, !node.isRefused else { return nil }
        let choice = ArmChoice(text, ensembles: references.ensembles) { references.arms(matching: $0, at: node) }
        if case .arms(let arms) = choice, arms.count > 1, chosenBy == nil {
            references.diagnostics.error(
                "'\(text)' stands for \(arms.count) arms; 'chosen-by: test-accuracy' says how one is chosen", at: node)
            return nil
        }
        return choice
    }

    /// Reports what the measure does not have, and keys that mean nothing for it.
    private func checkMeasure(of choices: [ArmChoice], _ node: ConfigurationNode, _ references: References) {
        let kind = type(of: measure).kind
        guard let fields = node[path: ["measure", kind]], !fields.isRefused else { return }
        let diagnostics = references.diagnostics
        var arms: [String] = []
        for choice in choices {
            switch choice {
            case .arms(let names): arms += names
            case .ensemble(let number):
                if measure.isOfEnsembles, statistics == nil, smoothing == 1 { continue }
                diagnostics.error(
                    "of the ensemble '\(number.name)' there is one number: measure { final: test-accuracy }, without "
                        + "'statistics' and 'smoothing'", at: node["measure"] ?? node)
            }
        }
        measure.check(fields, references, arms: arms)
        if measure.isOfTestSet { references.checkNetwork(of: arms, at: node["arm"] ?? node) }
        if smoothing > 1, !measure.isOfTestSet {
            diagnostics.error(
                "'smoothing' averages evaluations of the test set; this measure has none", at: node["smoothing"] ?? node
            )
        }
        if let value, let place = node["value"], measure.isShareOfImages {
            checkShareOfImages(value, at: place, diagnostics)
        }
        if measure.isShareOfSeeds, factor != nil {
            diagnostics.error("a share of 0 has no ratio; give a difference, 'by'", at: node["factor"] ?? node)
        }
    }
}
