import Engine

/// Reads the figures of an experiment.
struct FigureReader {
    let references: ReferenceChecker
    /// The experiment's sweep, in its full form.
    let sweep: ConfigurationNode?

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
            let figure = ConfigurableReader.value(ofKind: kind, from: entry.value) as? any FigureKind
        else { return nil }
        let fields = entry.value
        if let name = figure.common.name, let place = fields["name"], !SchemaChecker.isFolderName(name) {
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
            references.checkTap(tap, of: shown, at: fields["tap"] ?? node)
        }
        checkSweptKeys(of: figure, fields, at: node)
        return FigureDeclaration(
            name: figure.common.name ?? entry.key, kind: entry.key,
            options: Self.options(of: figure, fields, arms: arms))
    }

    private func checkSweptKeys(of figure: any FigureKind, _ fields: ConfigurationNode, at node: ConfigurationNode) {
        let swept = (sweep?.entries ?? []).map(\.key)
        for key in figure.sweptKeys where !key.isEmpty && !swept.contains(key) {
            let place = ["x", "y"].compactMap { fields[$0] }.first { $0.scalar == key } ?? node
            let advice = Suggestion.phrase(for: key, among: swept, called: "swept keys")
            diagnostics.error("'\(key)' is not swept\(advice)", at: place)
        }
    }

    /// The options that were stated, arms spelled out.
    private static func options<Kind: FigureKind>(
        of figure: Kind, _ fields: ConfigurationNode, arms: [String]
    ) -> [FigureDeclaration.Option] {
        Kind.fields.compactMap { field in
            guard let stated = fields[field.name], field.name != "name", !stated.isNone else { return nil }
            if field.name == "arms" {
                return arms.isEmpty ? nil : .init(name: "arms", value: arms.joined(separator: " "))
            }
            return stated.scalar.map { .init(name: field.name, value: $0) }
        }
    }
}
