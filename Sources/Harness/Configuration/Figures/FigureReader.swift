import Declarations
import Engine

/// Reads the figures of an experiment.
struct FigureReader {
    let references: ReferenceChecker
    /// The experiment's sweep, in its full form.
    let sweep: ConfigurationNode?
    /// The names of the experiment's ensembles.
    let ensembles: [String]

    private var diagnostics: DiagnosticCollector { references.diagnostics }

    /// The figures of a list in its full form.
    func figures(_ node: ConfigurationNode?) -> [FigureDeclaration] {
        var figures: [FigureDeclaration] = []
        for element in node?.elements ?? [] {
            guard let figure = figure(element) else { continue }
            if figures.contains(where: { $0.name == figure.name }) {
                diagnostics.error(
                    "two figures are called '\(figure.name)'; give one of them a 'name'", at: element)
            }
            figures.append(figure)
        }
        return figures
    }

    private func figure(_ node: ConfigurationNode) -> FigureDeclaration? {
        guard let entry = node.entries?.first,
            let kind = FigureKindCatalogue.all.first(where: { $0.kind == entry.key }),
            !entry.value.isRefused
        else { return nil }
        let figure = kind.init(resolved: entry.value)
        let fields = entry.value
        if let name = figure.common.name, let place = fields["name"], !Resolver.isName(name) {
            diagnostics.error("'\(name)' cannot name a figure; use lower case letters, digits and '-'", at: place)
        }
        let named = fields["arms"]?.elements ?? []
        var arms: [String] = []
        for place in named where !place.isRefused {
            let names = references.arms(matching: place.scalar ?? "", at: place)
            arms += names.filter { !arms.contains($0) }
        }
        let shown = named.isEmpty ? references.arms.map(\.name) : arms
        for tap in figure.taps where !tap.isEmpty && fields["tap"]?.isRefused != true {
            references.checkTap(tap, of: shown, at: fields["tap"] ?? fields["layer"] ?? node)
        }
        for mistake in figure.mistakes {
            diagnostics.error(mistake.message, at: fields[mistake.key] ?? node)
        }
        checkSweptKeys(of: figure, fields, at: node)
        checkSingleArms(fields)
        checkEnsemble(fields["ensemble"])
        return FigureDeclaration(
            name: figure.common.name ?? entry.key, kind: entry.key,
            options: Self.options(of: figure, fields, arms: arms), match: figure.match)
    }

    private func checkSweptKeys(of figure: any FigureKind, _ fields: ConfigurationNode, at node: ConfigurationNode) {
        let swept = (sweep?.entries ?? []).map(\.key)
        for key in figure.sweptKeys where !key.isEmpty && !swept.contains(key) {
            let place = ["x", "y"].compactMap { fields[$0] }.first { $0.scalar == key } ?? node
            let advice = Suggestion.phrase(for: key, among: swept, called: "swept keys")
            diagnostics.error("'\(key)' is not swept\(advice)", at: place)
        }
    }

    /// The keys whose value is the name of one arm, wherever in a figure's options they stand.
    private static let singleArmKeys = ["baseline", "reference", "arm"]

    /// Reports names of single arms that are none, or stand for several.
    private func checkSingleArms(_ node: ConfigurationNode) {
        for element in node.elements ?? [] { checkSingleArms(element) }
        for entry in node.entries ?? [] {
            guard Self.singleArmKeys.contains(entry.key), let name = entry.value.scalar else {
                checkSingleArms(entry.value)
                continue
            }
            let names = references.arms(matching: name, at: entry.value)
            if names.count > 1 || names.first.map({ $0 != name }) == true {
                diagnostics.error(
                    "'\(entry.key)' is one arm; '\(name)' stands for \(names.joined(separator: ", "))", at: entry.value)
            }
        }
    }

    private func checkEnsemble(_ node: ConfigurationNode?) {
        guard let node, let name = node.scalar, !ensembles.contains(name) else { return }
        let advice = Suggestion.phrase(for: name, among: ensembles, called: "ensembles")
        diagnostics.error("there is no ensemble '\(name)'\(advice)", at: node)
    }

    /// The options that were stated, arms spelled out; a list of mappings is one line of JSON.
    private static func options<Kind: FigureKind>(
        of figure: Kind, _ fields: ConfigurationNode, arms: [String]
    ) -> [FigureDeclaration.Option] {
        Kind.fields.compactMap { field in
            guard let stated = fields[field.name], field.name != "name", !stated.isNone else { return nil }
            if field.name == "arms" {
                return arms.isEmpty ? nil : .init(name: "arms", value: arms.joined(separator: " "))
            }
            if stated.elements != nil {
                return .init(name: field.name, value: JSON(field.get(figure)).line)
            }
            return stated.scalar.map { .init(name: field.name, value: $0) }
        }
    }
}
