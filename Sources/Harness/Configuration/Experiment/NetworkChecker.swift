import Datasets
import Declarations
import Engine

/// Builds every arm's network for the images of every data set, so that an impossible shape is found before any training.
struct NetworkChecker {
    let diagnostics: DiagnosticCollector

    /// The networks of the arms by name, each for the first profile and data set; nil where one cannot be built.
    func check(_ arms: [Arm], datasets: [String]) -> [String: Network] {
        var networks: [String: Network] = [:]
        var problems: [Problem: [String]] = [:]
        // Arms and profiles mostly have networks in common: each is built once.
        var built: [Variant: Result<Network, NetworkError>] = [:]
        for arm in arms {
            for profile in Profile.names {
                guard let configuration = arm.configurations[profile] else { continue }
                for dataset in datasets {
                    guard let source = try? DatasetCatalogue.source(dataset) else { continue }
                    let input = configuration.inputShape(of: source.shape)
                    let variant = Variant(configuration, input: input, classes: source.classes.count)
                    let result: Result<Network, NetworkError>
                    if let known = built[variant] {
                        result = known
                    } else {
                        result = Result { () throws(NetworkError) in
                            try configuration.network(input: input, classes: source.classes.count)
                        }
                        built[variant] = result
                    }
                    switch result {
                    case .success(let network):
                        if networks[arm.name] == nil { networks[arm.name] = network }
                    case .failure(let error):
                        let context = "in the arm '\(arm.name)', for \(dataset)'s \(source.shape)"
                        for problem in error.problems {
                            let problem = self.problem(problem, in: configuration)
                            if problems[problem]?.contains(context) != true {
                                problems[problem, default: []].append(context)
                            }
                        }
                    }
                }
            }
        }
        report(problems)
        return networks
    }

    /// What decides a network.
    private struct Variant: Hashable {
        let text: String
        let input: Shape
        let classes: Int

        init(_ configuration: RunConfiguration, input: Shape, classes: Int) {
            let keys =
                Slot.allCases.map(\.key) + [
                    "placement", "normalize-at", "noise", "initializer", "width", "loss",
                ]
            let settings = configuration.settings.filter { setting in
                keys.contains { setting.key == $0 || setting.key.hasPrefix($0 + ".") }
            }
            // A model is read once, and known by its name or by the place where its layers stand.
            let place = configuration.written["model"]?.position.description ?? ""
            text = ([configuration.model.name, place] + settings.map { "\($0.key)=\($0.value)" }).joined(
                separator: "\n")
            self.input = input
            self.classes = classes
        }
    }

    /// A mistake with its place; many arms may share it.
    private struct Problem: Hashable {
        let message: String
        let position: SourcePosition
        let length: Int
    }

    private func problem(_ problem: NetworkProblem, in configuration: RunConfiguration) -> Problem {
        let expansion = configuration.expansion
        let place =
            problem.nodeIndex.flatMap { index in
                expansion.places.indices.contains(index)
                    ? Self.place(of: problem, at: index, in: expansion, configuration) : nil
            } ?? configuration.written["model"]
        let message = (problem.node.map { "layer '\($0)': " } ?? "the network: ") + problem.message
        let start = SourcePosition(file: ExperimentLibrary.experimentFolder, line: 1, column: 1)
        return Problem(message: message, position: place?.position ?? start, length: place?.length ?? 1)
    }

    /// The field at fault, or the layer, or for a layer that fills a slot what the run says about it.
    private static func place(
        of problem: NetworkProblem, at index: Int, in expansion: ModelExpansion, _ configuration: RunConfiguration
    ) -> ConfigurationNode {
        let place = expansion.places[index]
        let layer = type(of: expansion.nodes[index].layer)
        let kind = layer.kind
        if let word = place.scalar, let slot = Slot(rawValue: word) {
            let filling = configuration.written[layer.role == .disturbance ? "noise" : slot.key]
            return problem.field.flatMap { filling?[path: [kind, $0]] } ?? filling ?? place
        }
        guard let field = problem.field else { return place }
        return place[path: [kind, field]] ?? place[field] ?? place
    }

    private func report(_ problems: [Problem: [String]]) {
        for (problem, contexts) in problems {
            let shown = contexts.prefix(2)
            let rest = contexts.count == 3 ? "and in one more case" : "and in \(contexts.count - 2) more cases"
            diagnostics.error(
                problem.message, at: problem.position, length: problem.length,
                notes: Array(shown) + (contexts.count > 2 ? [rest] : []))
        }
    }
}
