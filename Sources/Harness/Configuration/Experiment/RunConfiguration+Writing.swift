import Declarations
import Engine
import Results

extension RunConfiguration {
    /// Every setting in its full form, the model's layers included.
    private var node: ConfigurationNode {
        let fields = ConfigurationNode(fieldsOf: self).entries ?? []
        return .mapping([("model", model.node)] + fields.map { ($0.key, $0.value) })
    }

    /// Every setting in YAML, in one layout: equal configurations have equal texts, and reading one gives it back.
    public var canonicalYAML: String { YAMLWriter().text(of: node) }

    /// Every setting by the path of its key, in the order of the declarations, with where it came from.
    ///
    /// A value that has a kind is there by its kind (`optimizer` is `sgd`) and by its fields (`optimizer.sgd.rate`); the model
    /// by its name, the order of its layers, and their fields (`model.conv1.convolution.kernel`).
    public var settings: [Setting] {
        let modelOrigin = written["model"]?.origin ?? .standard
        let outline = ConfigurationNode(.sequence(model.layers.map { .word($0.outline) }))
        return [
            Setting(key: "model", value: model.name, origin: modelOrigin),
            Setting(
                key: "model.layers", value: YAMLWriter.inline(outline),
                origin: model.layers.first?.node.origin ?? .standard),
        ] + model.layers.flatMap(\.settings) + Setting.list(of: self, prefix: "", written: written)
    }

    /// Every setting on a line, with where it came from: what `normlab show NAME --origin` prints.
    public var originListing: String {
        TextTable(rows: settings.map { [$0.key, $0.value, $0.origin.description] }, widest: 56).text
    }
}

extension LayerDeclaration {
    fileprivate var outline: String {
        switch content {
        case .slot(let slot): slot.rawValue
        case .layer, .branches: name
        }
    }

    fileprivate var settings: [Setting] {
        switch content {
        case .slot: []
        case .branches(let branches): branches.flatMap { $0.layers.flatMap(\.settings) }
        case .layer(let layer):
            [Setting(key: "model.\(name)", value: type(of: layer).kind, origin: node.origin)]
                + (inputs.isEmpty
                    ? []
                    : [Setting(key: "model.\(name).inputs", value: inputs.joined(separator: " "), origin: node.origin)])
                + Setting.list(
                    of: layer, prefix: "model.\(name).\(type(of: layer).kind)", written: node[type(of: layer).kind])
        }
    }
}
