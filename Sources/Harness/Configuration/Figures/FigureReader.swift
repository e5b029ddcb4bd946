import Declarations
import Engine

/// Reads the figures of an experiment.
struct FigureReader {
    let references: References

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
        for key in figure.sweptKeys {
            references.checkSweptKey(key, at: ["x", "y"].compactMap { fields[$0] }.first { $0.scalar == key } ?? node)
        }
        checkSingleArms(fields)
        if let place = fields["ensemble"], let name = place.scalar { references.checkEnsemble(name, at: place) }
        return FigureDeclaration(
            name: figure.common.name ?? entry.key, kind: entry.key,
            options: Self.options(of: figure, fields, arms: arms), match: figure.match)
    }

    /// The keys whose value is the name of one arm, wherever in a figure's options they stand.
    private static let singleArmKeys = ["baseline", "reference", "arm"]

    /// Reports names of single arms that are none, or stand for several.
    private func checkSingleArms(_ node: ConfigurationNode) {
        for element in node.elements ?? [] { checkSingleArms(element) }
        for entry in node.entries ?? [] {
            if Self.singleArmKeys.contains(entry.key), entry.value.scalar != nil {
                references.checkSingleArm(entry.key, at: entry.value)
            } else {
                checkSingleArms(entry.value)
            }
        }
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
