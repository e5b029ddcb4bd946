import Declarations
import Foundation
import Results
import Vocabulary

/// The figures of an experiment: a list in its file, and the same list in `figures.yaml` beside its results.
public enum FigureList {
    /// What stands in an experiment file under `figures`.
    public static let type = FieldType.list(.variant(FigureCatalogue.all), minimum: 0)

    /// The file beside the results.
    public static let file = "figures.yaml"

    // MARK: An experiment's file

    /// The figures of a list that was resolved by ``type``, with what they name held against what there is. Figures that are
    /// refused are reported and left out; keys that are missing are not looked at.
    public static func figures(_ node: ConfigurationNode?, _ references: References) -> [any FigureKind] {
        figures(node, references, references.diagnostics)
    }

    private static func figures(
        _ node: ConfigurationNode?, _ references: References?, _ diagnostics: DiagnosticCollector
    ) -> [any FigureKind] {
        var figures: [any FigureKind] = []
        for element in node?.elements ?? [] {
            guard let entry = element.entries?.first, !entry.value.isRefused,
                let kind = FigureCatalogue.all.first(where: { $0.kind == entry.key })
            else { continue }
            let figure = kind.init(resolved: entry.value)
            let fields = FigureFields(of: figure, entry.value, at: element, references, diagnostics)
            fields.checkName(figure)
            fields.checkSingleArms()
            if kind.showsEvaluations { fields.checkNetworks() }
            figure.check(fields)
            if figures.contains(where: { $0.name == figure.name }) {
                diagnostics.error("two figures are called '\(figure.name)'; give one of them a 'name'", at: element)
            }
            figures.append(figure)
        }
        return figures
    }

    // MARK: The file beside the results

    /// The text of `figures.yaml`: of each figure the fields that differ from their defaults.
    public static func yaml(of figures: [any FigureKind]) -> String {
        let nodes = figures.map { figure in
            let (kind, stated) = (Swift.type(of: figure).kind, stated(figure))
            return stated.entries?.isEmpty == true ? .word(kind) : ConfigurationNode.mapping([(kind, stated)])
        }
        return YAMLWriter().text(of: .mapping([("figures", ConfigurationNode(.sequence(nodes)))]))
    }

    /// The fields of a value that differ from their defaults, and so of the records in it.
    private static func stated<Value: Configurable>(_ value: Value) -> ConfigurationNode {
        let standard = Value()
        return .mapping(
            Value.fields.filter { $0.get(value) != $0.get(standard) }.map { ($0.name, node($0.get(value), $0.type)) })
    }

    private static func node(_ value: FieldValue, _ type: FieldType) -> ConfigurationNode {
        switch (value, type) {
        case (.list(let values), .list(let element, _)): ConfigurationNode(.sequence(values.map { node($0, element) }))
        case (.variant(let record), .record): stated(record)
        default: ConfigurationNode(value, as: type)
        }
    }

    public static func read(_ url: URL) throws(FigureError) -> [any FigureKind] {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            let isThere = FileManager.default.fileExists(atPath: url.path)
            throw .data(
                .unreadable(
                    file: url.lastPathComponent, reason: isThere ? error.localizedDescription : "there is no such file")
            )
        }
        do {
            return try read(text, file: url.lastPathComponent)
        } catch {
            throw .declaration(error)
        }
    }

    static func read(_ text: String, file: String) throws(ConfigurationErrors) -> [any FigureKind] {
        let diagnostics = DiagnosticCollector()
        let resolver = Resolver(diagnostics)
        let type = FieldType.record(Document.self)
        let root = YAMLReader(text, file: file, layer: .base, diagnostics: diagnostics).root()
        let document = root.flatMap { resolver.resolve($0, type, path: "") }
        if let document { resolver.checkCompleteness(of: document, type, path: "") }
        let figures = figures(document?["figures"], nil, diagnostics)
        try diagnostics.throwIfAny()
        return figures
    }

    struct Document: Configurable {
        static let kind = "figures"
        static let summary = "The figures of an experiment."
        static let fields: [Field<Self>] = [Field(tree: "figures", FigureList.type, required: true, "The figures.")]
    }
}

/// The fields of one figure as they were written, and what they may name.
public struct FigureFields {
    private let fields: ConfigurationNode
    /// The figure, for what no key of it says.
    private let place: ConfigurationNode
    /// Nil where the experiment is not at hand: then names are looked up when the figure is drawn.
    private let references: References?
    private let diagnostics: DiagnosticCollector
    private let arms: [String]

    fileprivate init(
        of figure: some FigureKind, _ fields: ConfigurationNode, at place: ConfigurationNode,
        _ references: References?, _ diagnostics: DiagnosticCollector
    ) {
        self.fields = fields
        self.place = place
        self.references = references
        self.diagnostics = diagnostics
        let named = fields["arms"]?.elements ?? []
        let matching = named.filter { !$0.isRefused }.flatMap {
            references?.arms(matching: $0.scalar ?? "", at: $0) ?? []
        }
        arms = named.isEmpty ? references?.arms.map(\.name) ?? [] : matching.distinct
    }

    func refuse(_ key: String, _ message: String) { diagnostics.error(message, at: fields[key] ?? place) }

    fileprivate func checkName(_ figure: some FigureKind) {
        if let name = figure.common.name, fields["name"] != nil, !Resolver.isName(name) {
            refuse("name", "'\(name)' cannot name a figure; use lower case letters, digits and '-'")
        } else if FigureRenderer.reservedNames.contains(figure.name) {
            let names = Phrase.list(FigureRenderer.reservedNames)
            refuse("name", "'\(figure.name)' cannot name a figure; the experiment's own tables are called \(names)")
        }
    }

    /// The keys whose value is the name of one arm, wherever in a figure's fields they stand.
    private static let singleArmKeys = ["baseline", "reference", "arm"]

    fileprivate func checkSingleArms(in node: ConfigurationNode? = nil) {
        let node = node ?? fields
        for element in node.elements ?? [] { checkSingleArms(in: element) }
        for entry in node.entries ?? [] {
            if Self.singleArmKeys.contains(entry.key), entry.value.scalar != nil {
                references?.checkSingleArm(entry.key, at: entry.value)
            } else {
                checkSingleArms(in: entry.value)
            }
        }
    }

    fileprivate func checkNetworks() { references?.checkNetwork(of: arms, at: fields["arms"] ?? place) }

    /// Reports a tap, or a pattern of taps, that one of the arms shown does not have or does not observe.
    func checkTap(_ tap: String, by key: String = "tap") {
        guard !tap.isEmpty, fields[key]?.isRefused != true else { return }
        references?.checkTap(tap, of: arms, at: fields[key] ?? place)
    }

    /// Reports a quantity that none of the arms shown measures in any profile.
    func checkQuantity(_ quantity: String, at node: ConfigurationNode?) {
        guard let references, let node, !node.isRefused, !quantity.isEmpty else { return }
        let isMeasured = references.arms.contains { arm in
            arms.contains(arm.name) && arm.quantities.contains { $0?.contains(quantity) ?? true }
        }
        if !isMeasured { references.checkQuantity(quantity, of: arms, at: node) }
    }

    /// The same of the quantity that a key names; it must be one word.
    func checkQuantity(_ quantity: String, by key: String) {
        guard let node = fields[key], !node.isRefused else { return }
        guard quantity.split(separator: " ").count == 1 else {
            return refuse(key, "'\(key)' is '\(quantity)'; expected one word")
        }
        checkQuantity(quantity, at: node)
    }

    func checkQuantities(in list: String) {
        for node in fields[list]?.elements ?? [] { checkQuantity(node.scalar ?? "", at: node) }
    }

    /// Reports a key whose value is not the path of a swept setting.
    func checkSweptKey(_ key: String) {
        if let node = fields[key], let path = node.scalar, !node.isNone { references?.checkSweptKey(path, at: node) }
    }

    /// Reports a key whose value is not the name of an ensemble.
    func checkEnsemble(_ key: String) {
        if let node = fields[key], let name = node.scalar { references?.checkEnsemble(name, at: node) }
    }
}
