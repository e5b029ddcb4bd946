import Declarations
import Engine
import Vocabulary

/// Reads models: a file's, or the layers that stand in an experiment.
package struct ModelReader {
    let diagnostics: DiagnosticCollector
    private var resolver: Resolver { Resolver(diagnostics) }

    package init(diagnostics: DiagnosticCollector) { self.diagnostics = diagnostics }

    // MARK: Schemas

    package static let modelTree = FieldType.Tree(
        "model", expectation: "the name of a model, a list of layers, or none")
    package static let layersTree = FieldType.Tree("layers", expectation: "a list of layers", shape: .list)

    // MARK: Files and forms

    /// A model is used only where nothing is wrong with it: what follows from a mistake would be reported as another.
    private func withoutMistakes(_ read: () -> ModelDeclaration?) -> ModelDeclaration? {
        let count = diagnostics.diagnostics.count
        let model = read()
        return diagnostics.diagnostics.count == count ? model : nil
    }

    package func model(named name: String, file root: ConfigurationNode) -> ModelDeclaration? {
        withoutMistakes {
            guard let node = resolver.resolve(root, .record(ModelFile.self), path: "") else { return nil }
            resolver.checkCompleteness(of: node, fieldsOf: ModelFile.self, path: "")
            guard let layers = node["layers"] else { return nil }
            var model = ModelDeclaration(name: name, layers: self.layers(layers))
            let file = ModelFile(resolved: node)
            model.title = file.title
            model.source = file.source
            if let classes = file.classes { model.classes = classes }
            if let input = file.input {
                model.inputShape = Shape(height: input.height, width: input.width, channels: input.channels)
            }
            return model
        }
    }

    /// The model that an experiment lists in place, or that a run wrote down.
    package func model(inPlace node: ConfigurationNode) -> ModelDeclaration? {
        withoutMistakes {
            if node.elements != nil {
                return ModelDeclaration(name: ModelDeclaration.inPlaceName, layers: layers(node))
            }
            guard let resolved = resolver.resolve(node, .record(WrittenModel.self), path: "model") else { return nil }
            resolver.checkCompleteness(of: resolved, fieldsOf: WrittenModel.self, path: "model")
            guard let name = resolved["name"]?.scalar, let layers = resolved["layers"] else { return nil }
            return ModelDeclaration(name: name, layers: self.layers(layers))
        }
    }

    // MARK: Layers

    private func layers(_ node: ConfigurationNode, prefix: String = "") -> [LayerDeclaration] {
        let elements = node.elements ?? []
        if elements.isEmpty, prefix.isEmpty { diagnostics.error("a model needs at least one layer", at: node) }
        var names = LayerNames(prefix: prefix, kinds: elements.compactMap(Self.kind))
        var layers: [LayerDeclaration] = []
        for element in elements {
            guard let layer = layer(element, names: &names) else { continue }
            if let first = layers.first(where: { $0.name == layer.name }), layer.slot == nil {
                diagnostics.error(
                    "two layers are called '\(layer.name)'", at: element["name"] ?? element,
                    notes: ["the first is at \(first.node.position)"])
            }
            layers.append(layer)
        }
        return layers
    }

    private static func kind(_ element: ConfigurationNode) -> String? {
        let keys = element.entries?.map(\.key) ?? element.scalar.map { [$0] } ?? []
        return keys.first { key in LayerCatalogue.all.contains { $0.kind == key } || key == LayerItem.branches }
    }

    private func layer(_ element: ConfigurationNode, names: inout LayerNames) -> LayerDeclaration? {
        let kindNames = LayerCatalogue.all.map { $0.kind }
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
        // A word alone is a key without fields.
        let entries =
            element.entries ?? [
                .init(
                    key: element.scalar ?? "", position: element.position, keyLength: element.length,
                    value: element.replacing(.mapping([])))
            ]
        let allowed = LayerItem.fields.map(\.name) + kindNames
        for entry in entries where !allowed.contains(entry.key) {
            if slots.contains(entry.key) {
                diagnostics.error("the slot '\(entry.key)' is a word alone: '- \(entry.key)'", atKey: entry)
            } else {
                let advice = Suggestion.phrase(for: entry.key, among: allowed, called: "keys")
                diagnostics.error("unknown layer or key '\(entry.key)'\(advice)", atKey: entry)
            }
        }
        let contents = entries.filter { kindNames.contains($0.key) || $0.key == LayerItem.branches }
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
        let given = element["name"].flatMap { resolver.resolve($0, .text, path: "name") }
        if let given, let text = given.scalar, !Self.isNodeName(text) {
            diagnostics.error("'\(text)' cannot name a layer; use letters, digits, '-' and '_'", at: given)
        }
        let inputs = element["inputs"].flatMap { resolver.resolve($0, .list(.text, minimum: 1), path: "inputs") }
        let name = names.name(of: entry.key, given: given?.scalar)
        var layer = LayerDeclaration(name: name, content: .branches([]), node: element)
        layer.inputs = inputs?.elements?.compactMap(\.scalar) ?? []
        if entry.key == LayerItem.branches {
            guard let branches = resolver.resolve(entry.value, LayerItem.branchesType, path: name)?.entries else {
                return nil
            }
            if branches.isEmpty { diagnostics.error("a block needs at least one branch", at: entry.value) }
            layer.content = .branches(
                branches.map { .init(name: $0.key, layers: layers($0.value, prefix: "\(name)/\($0.key)/")) })
            return layer
        }
        guard let kind = LayerCatalogue.all.first(where: { $0.kind == entry.key }) else { return nil }
        guard let fields = resolver.resolve(entry.value, kind: kind, path: name) else { return nil }
        resolver.checkCompleteness(of: fields, fieldsOf: kind, path: name)
        layer.content = .layer(kind.init(resolved: fields))
        // The full form, so that every field is found under the kind's key.
        let others = (element.entries ?? []).filter { $0.key != entry.key }
        layer.node = element.replacing(.mapping(others + [entry.with(fields)]))
        return layer
    }

    private static func isNodeName(_ name: String) -> Bool {
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
}

// MARK: How models are written

package struct ModelFile: Configurable {
    package init() {}

    var title = ""
    var source = ""
    var input: InputShape?
    var classes: Int?

    package static let kind = "model"
    package static let summary = "A network: layers, slots that arms fill, and blocks of branches."
    package static let fields: [Field<Self>] = [
        Field("title", \.title, .text, required: true, "One line: what the network is."),
        Field("source", \.source, .text, required: true, "Where the architecture is published."),
        Field(
            "input", \.input, .record().given,
            "The shape of a sample the model was made for; the real one comes from the data set."),
        Field(
            "classes", \.classes, .integer(2...1_000_000).given,
            "How many classes the model was made for, if not 10; the real number comes from the data set."),
        Field(
            tree: "layers", .tree(ModelReader.layersTree), required: true,
            "The layers from the input to the scores, one for each class. The softmax is implied."),
    ]

    package struct InputShape: Configurable {
        package init() {}

        var height = 0
        var width = 0
        var channels = 0

        package static let kind = "input"
        package static let summary = "The shape of a sample."
        package static let fields: [Field<Self>] = [
            Field("height", \.height, 1...100_000, required: true, "Rows."),
            Field("width", \.width, 1...100_000, required: true, "Columns."),
            Field("channels", \.channels, 1...100_000, required: true, "Values at each position."),
        ]
    }
}

package struct WrittenModel: Configurable {
    package init() {}

    var name = ""

    package static let kind = "model"
    package static let summary = "A model as a run writes it down."
    package static let fields: [Field<Self>] = [
        Field("name", \.name, .text, required: true, "The model's name."),
        Field(tree: "layers", .tree(ModelReader.layersTree), required: true, "Its layers."),
    ]
}

/// The keys of an item in a list of layers besides the kinds of layers.
package struct LayerItem: Configurable {
    package init() {}

    package static let kind = "layer"
    package static let summary = "A layer, or a block of branches."
    package static let branches = "branches"
    package static let branchesType = FieldType.named(.init("branch"), .tree(ModelReader.layersTree))
    package static let fields: [Field<Self>] = [
        Field(
            tree: "name", .text, "The name of the node; by default the kind and a number: conv1, dense2, pool1."),
        Field(
            tree: "inputs", .list(.text, minimum: 1),
            "The names of the nodes it reads; by default the one before it."),
        Field(
            tree: branches, branchesType,
            "Named lists of layers that read the same input; their outputs are joined along the channels."),
    ]
}

/// Names the layers of one list that have none of their own: the kind and a number (`conv1`, `pool2`); inside a branch the
/// kind alone where it is the only one of its kind (`mixed1/3x3/conv`). Slots take the name of the layer before them:
/// `conv1/normalize`.
struct LayerNames {
    private let prefix: String
    private let totals: [String: Int]
    private var counts: [String: Int] = [:]
    private var previous: String?

    /// The names of a list whose layers have these kinds. `prefix` is the path of the branch, with a final slash.
    init(prefix: String, kinds: [String]) {
        self.prefix = prefix
        totals = Dictionary(kinds.map { (Self.stem(of: $0), 1) }, uniquingKeysWith: +)
    }

    mutating func name(of kind: String, given: String?) -> String {
        let stem = Self.stem(of: kind)
        counts[stem, default: 0] += 1
        let isAlone = !prefix.isEmpty && totals[stem] == 1
        let name = prefix + (given ?? (isAlone ? stem : "\(stem)\(counts[stem, default: 1])"))
        previous = name
        return name
    }

    func name(of slot: Slot) -> String {
        "\(previous ?? "\(prefix)input")/\(slot.rawValue)"
    }

    private static func stem(of kind: String) -> String {
        switch kind {
        case "convolution": "conv"
        case "max-pool", "average-pool", "global-average-pool": "pool"
        case "concatenation": "concat"
        case "branches": "block"
        default: kind
        }
    }
}
