import Engine

/// Reads models: a file's, or the layers that stand in an experiment.
struct ModelReader {
    let diagnostics: DiagnosticCollector

    // MARK: Schemas

    /// The keys of a model file.
    static let fileSchema = RecordSchema(
        name: "model", summary: "A network: layers, slots that arms fill, and blocks of branches.",
        fields: [
            SchemaField(
                name: "title", documentation: "One line: what the network is.", schema: .text, isRequired: true),
            SchemaField(
                name: "source", documentation: "Where the architecture is published.", schema: .text, isRequired: true),
            SchemaField(
                name: "input",
                documentation: "The shape of a sample the model was made for; the real one comes from the data set.",
                schema: .record(inputSchema)),
            SchemaField(
                name: "classes",
                documentation:
                    "How many classes the model was made for, if not 10; the real number comes from the data set.",
                schema: .integer(2...1_000_000)),
            SchemaField(
                name: "layers",
                documentation: "The layers from the input to the scores, one for each class. The softmax is implied.",
                schema: .layers, isRequired: true),
        ])

    private static let inputSchema = RecordSchema(
        name: "input", summary: "The shape of a sample.",
        fields: [
            SchemaField(name: "height", documentation: "Rows.", schema: .integer(1...100_000), isRequired: true),
            SchemaField(name: "width", documentation: "Columns.", schema: .integer(1...100_000), isRequired: true),
            SchemaField(
                name: "channels", documentation: "Values at each position.", schema: .integer(1...100_000),
                isRequired: true),
        ])

    /// The keys of a model in a resolved configuration.
    static let resolvedSchema = RecordSchema(
        name: "model", summary: "A model as a run writes it down.",
        fields: [
            SchemaField(name: "name", documentation: "The model's name.", schema: .text, isRequired: true),
            SchemaField(name: "layers", documentation: "Its layers.", schema: .layers, isRequired: true),
        ])

    /// The keys of a layer that are not kinds.
    static let layerFields = [
        SchemaField(
            name: "name",
            documentation: "The name of the node; by default the kind and a number: conv1, dense2, pool1.",
            schema: .text),
        SchemaField(
            name: "inputs", documentation: "The names of the nodes it reads; by default the one before it.",
            schema: .list(.text, minimum: 1)),
    ]

    static let branchesField = SchemaField(
        name: "branches",
        documentation: "Named lists of layers that read the same input; their outputs are joined along the channels.",
        schema: .named(NamedSchema(name: "branch", documentation: "A path of the block.", value: .layers)))

    static let layerKinds = LayerCatalogue.all.map { RecordSchema($0) }

    // MARK: Files and forms

    /// A model is used only where nothing is wrong with it: what follows from a mistake would be reported as another.
    private func withoutMistakes(_ read: () -> ModelDeclaration?) -> ModelDeclaration? {
        let count = diagnostics.diagnostics.count
        let model = read()
        return diagnostics.diagnostics.count == count ? model : nil
    }

    /// The model of a file.
    func model(named name: String, file root: ConfigurationNode) -> ModelDeclaration? {
        withoutMistakes { readModel(named: name, file: root) }
    }

    private func readModel(named name: String, file root: ConfigurationNode) -> ModelDeclaration? {
        let checker = SchemaChecker(diagnostics: diagnostics)
        guard let node = checker.check(root, .record(Self.fileSchema), path: "") else { return nil }
        CompletenessChecker(diagnostics: diagnostics).check(node, Self.fileSchema, path: "")
        guard let layers = node["layers"] else { return nil }
        var model = ModelDeclaration(name: name, layers: self.layers(layers))
        model.title = node["title"]?.scalar ?? ""
        model.source = node["source"]?.scalar ?? ""
        if let classes = node["classes"]?.wholeNumber { model.classes = classes }
        if let input = node["input"], let height = input["height"]?.wholeNumber,
            let width = input["width"]?.wholeNumber,
            let channels = input["channels"]?.wholeNumber
        {
            model.inputShape = Shape(height: height, width: width, channels: channels)
        }
        return model
    }

    /// The model that an experiment lists in place, or that a run wrote down.
    func model(inPlace node: ConfigurationNode) -> ModelDeclaration? {
        withoutMistakes { readModel(inPlace: node) }
    }

    private func readModel(inPlace node: ConfigurationNode) -> ModelDeclaration? {
        if node.elements != nil { return ModelDeclaration(name: ModelDeclaration.inPlaceName, layers: layers(node)) }
        let checker = SchemaChecker(diagnostics: diagnostics)
        guard let resolved = checker.check(node, .record(Self.resolvedSchema), path: "model") else { return nil }
        CompletenessChecker(diagnostics: diagnostics).check(resolved, Self.resolvedSchema, path: "model")
        guard let name = resolved["name"]?.scalar, let layers = resolved["layers"] else { return nil }
        return ModelDeclaration(name: name, layers: self.layers(layers))
    }

    // MARK: Layers

    private func layers(_ node: ConfigurationNode, prefix: String = "") -> [LayerDeclaration] {
        let elements = node.elements ?? []
        if elements.isEmpty, prefix.isEmpty { diagnostics.error("a model needs at least one layer", at: node) }
        var names = LayerNames(prefix: prefix, kinds: elements.compactMap(Self.kind))
        var layers: [LayerDeclaration] = []
        for element in elements {
            guard let layer = layer(element, names: &names) else { continue }
            if let first = layers.first(where: { $0.name == layer.name }), !layer.isSlot {
                diagnostics.error(
                    "two layers are called '\(layer.name)'", at: element["name"] ?? element,
                    notes: ["the first is at \(first.node.position)"])
            }
            layers.append(layer)
        }
        return layers
    }

    /// The kind of an item, if it has one.
    private static func kind(_ element: ConfigurationNode) -> String? {
        let keys = element.entries?.map(\.key) ?? element.scalar.map { [$0] } ?? []
        return keys.first { key in layerKinds.contains { $0.name == key } || key == branchesField.name }
    }

    private func layer(_ element: ConfigurationNode, names: inout LayerNames) -> LayerDeclaration? {
        let kindNames = Self.layerKinds.map(\.name)
        let slots = Slot.allCases.map(\.rawValue)
        if element.isRefused { return nil }
        if let word = element.scalar, !element.isEmpty {
            if let slot = Slot(rawValue: word) {
                return LayerDeclaration(name: names.name(of: slot), content: .slot(slot), node: element)
            }
            guard kindNames.contains(word) else {
                let advice = Suggestion.phrase(for: word, among: slots + kindNames, called: "slots and layers")
                diagnostics.error("unknown layer '\(word)'\(advice)", at: element)
                return nil
            }
        } else if element.entries == nil {
            diagnostics.error("expected a layer, found \(element.found)", at: element)
            return nil
        }
        let entries = element.entries ?? [.init(word: element)]
        let allowed = Self.layerFields.map(\.name) + [Self.branchesField.name] + kindNames
        for entry in entries where !allowed.contains(entry.key) {
            if slots.contains(entry.key) {
                diagnostics.error("the slot '\(entry.key)' is a word alone: '- \(entry.key)'", atKey: entry)
            } else {
                let advice = Suggestion.phrase(for: entry.key, among: allowed, called: "keys")
                diagnostics.error("unknown layer or key '\(entry.key)'\(advice)", atKey: entry)
            }
        }
        let contents = entries.filter { kindNames.contains($0.key) || $0.key == Self.branchesField.name }
        guard let entry = contents.first else {
            if entries.allSatisfy({ allowed.contains($0.key) }) {
                diagnostics.error("this item has no layer", at: element)
            }
            return nil
        }
        for other in contents.dropFirst() {
            diagnostics.error(
                "an item holds one layer, found '\(entry.key)' and '\(other.key)'; begin a new item with '- '",
                atKey: other)
        }
        return layer(entry, of: element, names: &names)
    }

    private func layer(
        _ entry: ConfigurationNode.Entry, of element: ConfigurationNode, names: inout LayerNames
    ) -> LayerDeclaration? {
        let checker = SchemaChecker(diagnostics: diagnostics)
        let completeness = CompletenessChecker(diagnostics: diagnostics)
        let given = element["name"].flatMap { checker.check($0, .text, path: "name") }
        if let given, let text = given.scalar, !Self.isNodeName(text) {
            diagnostics.error("'\(text)' cannot name a layer; use letters, digits, '-' and '_'", at: given)
        }
        let inputs = element["inputs"].flatMap { checker.check($0, Self.layerFields[1].schema, path: "inputs") }
        let name = names.name(of: entry.key, given: given?.scalar)
        var layer = LayerDeclaration(name: name, content: .branches([]), node: element)
        layer.inputs = inputs?.elements?.compactMap(\.scalar) ?? []
        if entry.key == Self.branchesField.name {
            let named = NamedSchema(name: "branch", documentation: "", value: .layers)
            guard let branches = checker.check(entry.value, .named(named), path: name)?.entries else { return nil }
            if branches.isEmpty { diagnostics.error("a block needs at least one branch", at: entry.value) }
            layer.content = .branches(
                branches.map { .init(name: $0.key, layers: layers($0.value, prefix: "\(name)/\($0.key)/")) })
            return layer
        }
        guard let kind = LayerCatalogue.all.first(where: { $0.kind == entry.key }) else { return nil }
        let schema = RecordSchema(kind)
        guard let fields = checker.checkKind(entry.value, schema, path: name) else { return nil }
        completeness.check(fields, schema, path: name)
        guard let value = ConfigurableReader.value(ofKind: kind, from: fields) as? any Layer else { return nil }
        layer.content = .layer(value)
        // The full form, so that every field is found under the kind's key.
        let others = (element.entries ?? []).filter { $0.key != entry.key }
        layer.node = element.replacing(.mapping(others + [entry.with(fields)]))
        return layer
    }

    private static func isNodeName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
}

extension LayerDeclaration {
    fileprivate var isSlot: Bool {
        if case .slot = content { true } else { false }
    }
}

extension ConfigurationNode {
    var wholeNumber: Int? { try? ScalarReading.integer(self).get() }
}

extension ConfigurationNode.Entry {
    /// A word alone, as a key without fields.
    fileprivate init(word node: ConfigurationNode) {
        self.init(
            key: node.scalar ?? "", position: node.position, keyLength: node.length,
            value: node.replacing(.mapping([])))
    }

}
