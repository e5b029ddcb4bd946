import Datasets
import Declarations
import Engine
import Running
import Vocabulary

/// Looks whether the arms of an experiment can be run: whether their settings fit each other, their networks can be built
/// for every data set, and the data fit them. A mistake is reported once for each place where it is written.
struct ArmChecks {
    let arms: [Arm]
    let datasets: [DatasetSource]
    let diagnostics: DiagnosticCollector

    private var configurations: [(arm: Arm, configuration: RunConfiguration)] {
        arms.flatMap { arm in Profile.names.compactMap { arm.configurations[$0] }.map { (arm, $0) } }
    }

    func checkSettings() {
        var reported: Set<SourcePosition> = []
        func report(_ mistakes: [RunConfiguration.Mistake], note: String) {
            for (place, message) in mistakes where reported.insert(place.position).inserted {
                diagnostics.error(message, at: place, notes: [note])
            }
        }
        for (_, configuration) in configurations {
            for source in datasets { report(configuration.mistakes(on: source), note: "for \(source.name)") }
        }
        reported = []
        for (arm, configuration) in configurations {
            report(configuration.mistakes, note: "in the arm '\(arm.name)'")
        }
    }

    // MARK: Networks

    /// Builds every arm's network for the images of every data set, so that an impossible shape is found before any
    /// training.
    ///
    /// - Returns: the networks of the arms by name, each for the first profile and data set; none where one cannot be
    ///   built.
    func networks() -> [String: Network] {
        var networks: [String: Network] = [:]
        // Many arms may share a mistake.
        var problems: [Diagnostic: [String]] = [:]
        // Arms and profiles mostly have networks in common: each is built once.
        var built: [String: Result<Network, NetworkError>] = [:]
        for (arm, configuration) in configurations where configuration.hasNetwork {
            for source in datasets {
                let (input, classes) = (configuration.inputShape(of: source.shape), source.classes.count)
                let key = configuration.networkKey(input: input, classes: classes)
                let result =
                    built[key]
                    ?? Result { () throws(NetworkError) in
                        try configuration.network(input: input, classes: classes)
                    }
                built[key] = result
                switch result {
                case .success(let network):
                    if networks[arm.name] == nil { networks[arm.name] = network }
                case .failure(let error):
                    let context = "in the arm '\(arm.name)', for \(source.name)'s \(source.shape)"
                    for problem in error.problems {
                        let problem = Self.problem(problem, in: configuration)
                        if problems[problem]?.contains(context) != true {
                            problems[problem, default: []].append(context)
                        }
                    }
                }
            }
        }
        report(problems)
        return networks
    }

    static func problem(_ problem: NetworkProblem, in configuration: RunConfiguration) -> Diagnostic {
        let place = configuration.place(of: problem)
        return Diagnostic(
            position: place?.position ?? .start(of: ExperimentLibrary.experimentFolder),
            message: (problem.node.map { "layer '\($0)': " } ?? "the network: ") + problem.message,
            length: place?.length ?? 1)
    }

    private func report(_ problems: [Diagnostic: [String]]) {
        for (problem, contexts) in problems {
            let rest = contexts.count == 3 ? "and in one more case" : "and in \(contexts.count - 2) more cases"
            diagnostics.error(
                problem.message, at: problem.position, length: problem.length,
                notes: contexts.prefix(2) + (contexts.count > 2 ? [rest] : []))
        }
    }

    // MARK: What is observed and measured

    /// Reports procedures whose fields do not fit an arm's input or network, or that need a network where there is none.
    func checkProcedures(_ networks: [String: Network]) {
        var reported: Set<String> = []
        for (arm, configuration) in configurations {
            guard let place = configuration.written["procedures"] else { continue }
            let input = datasets.first.map { configuration.inputShape(of: $0.shape) }
            for procedure in configuration.procedures {
                var mistakes = input.map(procedure.mistakes(for:)) ?? []
                if let network = networks[arm.name] { mistakes += procedure.mistakes(in: network) }
                if !configuration.hasNetwork, procedure is any MeasuredAtIntervals {
                    mistakes.append("it measures a network, and 'model' is none")
                }
                for mistake in mistakes {
                    let message = "the procedure '\(type(of: procedure).kind)': \(mistake)"
                    guard reported.insert("\(place.position) \(message)").inserted else { continue }
                    diagnostics.error(message, at: place, notes: ["in the arm '\(arm.name)'"])
                }
            }
        }
    }

    /// Reports patterns of observed taps that fit no tap of any arm.
    func checkObservations(of file: ConfigurationNode, _ networks: [String: Network]) {
        let trained = arms.filter { arm in arm.configurations.values.contains(where: \.hasNetwork) }
        guard networks.count == trained.count, !trained.isEmpty else { return }
        var lists = [file[path: ["base", "observe", "taps"]]]
        let run = Set(arms.map(\.group))
        lists += (file["arms"]?.entries ?? []).filter { run.contains($0.key) }.map {
            $0.value[path: ["observe", "taps"]]
        }
        lists += Profile.names.map { file[path: ["profiles", $0, "set", "observe", "taps"]] }
        let known = Set(networks.values.flatMap { $0.taps.map(\.address) }).sorted()
        for node in lists.compactMap({ $0?.elements }).joined() {
            guard let pattern = node.scalar, !known.contains(where: Glob(pattern).matches) else { continue }
            let advice = Suggestion.nearest(to: pattern, among: known).map { "; did you mean '\($0)'?" } ?? ""
            diagnostics.error("no arm has a tap '\(pattern)'\(advice)", at: node)
        }
    }
}
