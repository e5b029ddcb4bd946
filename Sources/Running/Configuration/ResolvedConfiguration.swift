import Datasets
import Declarations
import Engine
import Results

extension RunConfiguration {
    /// The configuration of a ``canonicalYAML``, or of any mapping of the keys of `base` with the model's layers in place.
    public init(yaml: String) throws(ConfigurationErrors) {
        let diagnostics = DiagnosticCollector()
        var configuration = RunConfiguration()
        let root = YAMLReader(yaml, file: "config.yaml", layer: .base, diagnostics: diagnostics).root()
        if let root, let node = Resolver(diagnostics).resolve(root, .record(Self.self), path: "") {
            RunConfiguration.checkCompleteness(of: node, path: "", diagnostics)
            configuration = RunConfiguration(resolved: node)
            configuration.written = node
            if let model = node["model"] {
                if model.isNone {
                    configuration.model = .none
                } else if model.scalar != nil {
                    diagnostics.error("'model': expected the model's layers, found \(model.found)", at: model)
                } else if let read = ModelReader(diagnostics: diagnostics).model(inPlace: model) {
                    configuration.model = read
                }
            }
        }
        try diagnostics.throwIfAny()
        self = configuration
    }
}

/// A configuration is coded as its canonical YAML, which is read as strictly as a file.
extension RunConfiguration: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(yaml: decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(canonicalYAML)
    }
}

extension RunConfiguration {
    /// Every setting that counts in its full form, the model's layers included.
    private var node: ConfigurationNode {
        let fields = (ConfigurationNode(fieldsOf: self).entries ?? []).filter { counts($0.key) }
        return .mapping([("model", model.node)] + fields.map { ($0.key, $0.value) })
    }

    private func counts(_ path: String) -> Bool {
        hasNetwork || Self.keysWithoutNetwork.contains { path == $0 || path.hasPrefix("\($0).") }
    }

    /// Every setting in YAML, in one layout: equal configurations have equal texts, and reading one gives it back.
    public var canonicalYAML: String { YAMLWriter().text(of: node) }

    /// Every setting by the path of its key, in the order of the declarations, with where it came from.
    ///
    /// A value that has a kind is there by its kind (`optimizer` is `sgd`) and by its fields (`optimizer.sgd.rate`); the model
    /// by its name, the order of its layers, and their fields (`model.conv1.convolution.kernel`).
    public var settings: [Setting] {
        let fields = Setting.list(of: self, prefix: "", written: written).filter { counts($0.key) }
        let name = Setting(key: "model", value: model.name, origin: written["model"]?.origin ?? .standard)
        if !hasNetwork { return [name] + fields }
        let outline = Setting(
            key: "model.layers",
            value: YAMLWriter.inline(ConfigurationNode(.sequence(model.layers.map { .word($0.outline) }))),
            origin: model.layers.first?.node.origin ?? .standard)
        return [name, outline] + model.layers.flatMap(\.settings) + fields
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

extension RunConfiguration {
    private var filling: SlotFilling {
        let layers: [Slot: (any Layer)?] = [
            .normalize: normalization, .activate: activation, .respond: localResponse, .drop: dropout,
        ]
        return SlotFilling(
            layers: layers.compactMapValues(\.self), noise: noise, placement: placement,
            normalizedProducts: normalizeAt)
    }

    var scaledOptimizer: any Optimizer { optimizer.scaled(rate: rateMultiplier, decay: decayMultiplier) }

    /// The shape of the network's input for images of a shape: another one only where the input is projected.
    public func inputShape(of image: ImageShape) -> Shape {
        let shape = input.shape(of: image)
        return Shape(height: shape.height, width: shape.width, channels: shape.channels)
    }

    /// The network for inputs of a shape.
    ///
    /// - Throws: ``NetworkError`` if a layer cannot take its input or the run's batch, or the last one does not give one score for
    ///   each class.
    public func network(input: Shape, classes: Int) throws(NetworkError) -> Network {
        let nodes = expansion.nodes
        let network = try Network(
            input: input, nodes: nodes, initializer: initializer, objective: loss.objective)
        guard network.classes == classes else {
            throw NetworkError(problems: [
                NetworkProblem(
                    .output, node: nodes.last?.name, nodeIndex: nodes.count - 1, found: "\(network.classes) scores",
                    expected: "one for each of the \(classes) classes")
            ])
        }
        try network.check(trainingBatch: batch)
        return network
    }

    var expansion: ModelExpansion { ModelExpansion(model, filling: filling, width: width) }
}

/// The layers of a network as a table: name, kind, output shape, trainable values, multiply-adds of one sample.
public enum LayerTable {
    /// The table, with a heading, the network's input and a last line of totals.
    public static func text(of network: Network) -> String {
        var rows = [["layer", "kind", "output", "parameters", "multiply-adds"]]
        rows.append(["input", "", network.input.description, "", ""])
        for node in network.nodes {
            let parameters = network.parameters[node.parameters].reduce(0) { $0 + $1.count }
            rows.append([
                node.name, type(of: node.layer).kind, node.shape.description, grouped(parameters),
                grouped(node.multiplyAdds),
            ])
        }
        rows.append(["total", "", "", grouped(network.parameterCount), grouped(network.multiplyAdds)])
        return TextTable(rows: rows, rightAligned: [3, 4]).text
    }

    /// Nothing for 0, which most layers have.
    private static func grouped(_ count: Int) -> String { count == 0 ? "" : Phrase.grouped(count) }
}

extension ModelDeclaration {
    /// The layers as declared, a line each: name, kind, fields that differ from defaults; branches are indented.
    public var outline: String {
        TextTable(rows: LayerDeclaration.rows(of: layers, indent: ""), widest: 40).text
    }
}

extension LayerDeclaration {
    fileprivate static func rows(of layers: [LayerDeclaration], indent: String) -> [[String]] {
        layers.flatMap { layer -> [[String]] in
            let name = indent + layer.shortName
            let inputs = layer.inputs.isEmpty ? "" : " of \(layer.inputs.joined(separator: ", "))"
            switch layer.content {
            case .slot(let slot): return [["\(indent)· \(slot.rawValue)"]]
            case .layer(let value): return [[name, type(of: value).kind + inputs, stated(value)]]
            case .branches(let branches):
                return [[name, "branches\(inputs)"]]
                    + branches.flatMap { branch in
                        [["\(indent)  \(branch.name):"]] + rows(of: branch.layers, indent: indent + "    ")
                    }
            }
        }
    }

    private static func stated<Value: Layer>(_ layer: Value) -> String {
        let standard = Value()
        return Value.fields.compactMap { field in
            let value = field.get(layer)
            if !field.isRequired, value == field.get(standard) { return nil }
            return "\(field.name): \(YAMLWriter.inline(ConfigurationNode(value, as: field.type)))"
        }.joined(separator: ", ")
    }
}

/// The plan of a training step as a table: what is computed together, in which memory, and how gradients travel.
public enum PlanTable {
    public static func text(of plan: ExecutionPlan) -> String {
        // Where no layer has a choice of algorithms, there is no column for it.
        let hasAlgorithms = plan.entries.contains { !$0.algorithm.isEmpty }
        func row(_ left: [String], _ algorithm: String, _ right: [String]) -> [String] {
            left + (hasAlgorithms ? [algorithm] : []) + right
        }
        let heads = ["output at", "floats", "last read by", "input's gradient"]
        var rows = [row(["layer", "kind", "computed"], "algorithm", heads)]
        for entry in plan.entries {
            let reader = entry.lastReader.name + (entry.lastReader.isBackward ? " backward" : "")
            rows.append(
                row(
                    [entry.name, entry.kind, entry.fusion], entry.algorithm,
                    [
                        entry.output.map { "\($0.lowerBound)" } ?? "nowhere",
                        entry.output.map { entry.isPart ? "a part" : "\($0.count)" } ?? "",
                        entry.output == nil ? "" : reader, entry.gradient,
                    ]))
        }
        let (slab, booked) = (plan.memory.count, plan.memory.bookedCount)
        return TextTable(rows: rows, rightAligned: hasAlgorithms ? [4, 5] : [3, 4]).text
            + "A step of \(plan.batch) images works in one slab of \(megabytes(slab)) MB; without sharing memory its "
            + "\(plan.memory.regions.count { !$0.range.isEmpty }) buffers would take \(megabytes(booked)) MB."
    }

    private static func megabytes(_ floats: Int) -> String { Phrase.fixed(Double(floats) * 4e-6, decimals: 1) }
}
