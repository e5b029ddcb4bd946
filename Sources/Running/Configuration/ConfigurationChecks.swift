import Datasets
import Declarations
import Engine
import Vocabulary

/// What is wrong with a run's settings that no type can say, with the places where it is written: so that it is found
/// before any training.
extension RunConfiguration {
    package typealias Mistake = (place: ConfigurationNode, message: String)

    /// Reports the required keys that a merged node lacks. A run without a network requires none but the fields of what it has.
    package static func checkCompleteness(of node: ConfigurationNode, path: String, _ diagnostics: DiagnosticCollector)
    {
        let resolver = Resolver(diagnostics)
        guard node["model"]?.isNone == true else {
            return resolver.checkCompleteness(of: node, fieldsOf: Self.self, path: path)
        }
        for field in fields where keysWithoutNetwork.contains(field.name) {
            guard let value = node[field.name] else { continue }
            resolver.checkCompleteness(of: value, field.type, path: Resolver.join(path, field.name))
        }
    }

    package var mistakes: [Mistake] { misplacedNormalizations + impossibleEvaluations }

    /// Patterns of `normalize-at` that name no product with a slot behind it.
    private var misplacedNormalizations: [Mistake] {
        if !hasNetwork { return [] }
        let places = written["normalize-at"]?.elements ?? []
        if places.isEmpty { return [] }
        let products = expansion.normalizableProducts
        return places.compactMap { place in
            guard let pattern = place.scalar, !products.contains(where: Glob(pattern).matches) else { return nil }
            let advice = Suggestion.phrase(for: pattern, among: products, called: "products with one")
            return (place, "no 'normalize' slot is behind a product '\(pattern)'\(advice)")
        }
    }

    private var impossibleEvaluations: [Mistake] {
        let place = written[path: ["evaluate", "statistics"]]
        guard hasNetwork, evaluate.orderedStatistics.isEmpty, let place else { return [] }
        return [(place, "'evaluate.statistics': there are no population statistics where 'population-batches' is 0")]
    }

    /// Whether a data set can be used so: whether it fills a batch, and whether its images can be distorted so.
    package func mistakes(on source: DatasetSource) -> [Mistake] {
        if !hasNetwork { return [] }
        var mistakes: [Mistake] = []
        if batch > source.trainCount, let place = written["batch"] {
            let expected = "at most \(source.trainCount), the training images"
            mistakes.append((place, "'batch': found \(batch), expected \(expected)"))
        }
        do {
            try augmentation.check(source.shape)
        } catch {
            let written = written["augmentation"]
            if let place = written?[path: ["geometric", "shift"]] ?? written {
                mistakes.append((place, "'\(error.subject)': found \(error.found), expected \(error.expected)"))
            }
        }
        return mistakes
    }

    /// What is written that a network cannot be built of: the field at fault, or the layer, or for a layer that fills a
    /// slot what the run says about it.
    package func place(of problem: NetworkProblem) -> ConfigurationNode? {
        let expansion = expansion
        guard let index = problem.nodeIndex, expansion.places.indices.contains(index) else { return written["model"] }
        let place = expansion.places[index]
        let layer = type(of: expansion.nodes[index].layer)
        let kind = layer.kind
        if let word = place.scalar, let slot = Slot(rawValue: word) {
            let filling = written[layer.role == .disturbance ? "noise" : slot.key]
            return problem.field.flatMap { filling?[path: [kind, $0]] } ?? filling ?? place
        }
        guard let field = problem.field else { return place }
        return place[path: [kind, field]] ?? place[field] ?? place
    }

    /// What decides the network for inputs of a shape: equal texts stand for equal networks.
    package func networkKey(input: Shape, classes: Int) -> String {
        let keys =
            Slot.allCases.map(\.key) + ["placement", "normalize-at", "noise", "initializer", "width", "loss"]
        let deciding = settings.filter { setting in
            keys.contains { setting.key == $0 || setting.key.hasPrefix($0 + ".") }
        }
        // A model is read once, and known by its name or by the place where its layers stand.
        let place = written["model"]?.position.description ?? ""
        return ([model.name, place, "\(input) \(classes)"] + deciding.map { "\($0.key)=\($0.value)" })
            .joined(separator: "\n")
    }
}
