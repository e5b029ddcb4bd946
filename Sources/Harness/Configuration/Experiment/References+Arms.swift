import Declarations
import Engine
import Vocabulary

extension References {
    /// What can be named of an experiment's arms and their networks.
    init(
        _ arms: [Harness.Arm], networks: [String: Network], sweep: ConfigurationNode?,
        _ diagnostics: DiagnosticCollector
    ) {
        self.init(
            arms: arms.map { Arm($0, network: networks[$0.name]) }, sweptKeys: (sweep?.entries ?? []).map(\.key),
            diagnostics: diagnostics)
    }
}

extension References.Arm {
    fileprivate init(_ arm: Harness.Arm, network: Network?) {
        let configurations = arm.configurations.sorted { $0.key < $1.key }.map(\.value)
        self.init(
            name: arm.name, group: arm.group, taps: network.map { $0.taps.map(\.address) },
            observed: configurations.map(\.observe.taps),
            quantities: configurations.map { configuration in
                let written = configuration.written["procedures"]?.elements?.count ?? 0
                return written > configuration.procedures.count ? nil : configuration.quantities.map(\.name)
            }, writesPredictions: configurations.allSatisfy(\.evaluate.predictions))
    }
}

/// Holds the procedures and observations of arms against their networks.
struct ObservationChecker {
    let arms: [Arm]
    let networks: [String: Network]
    let diagnostics: DiagnosticCollector

    /// Reports procedures whose fields do not fit an arm's network, once for each place where they are written.
    func checkProcedures() {
        var reported: Set<String> = []
        for arm in arms {
            guard let network = networks[arm.name] else { continue }
            for configuration in arm.configurations.values {
                guard let place = configuration.written["procedures"] else { continue }
                for procedure in configuration.procedures {
                    for mistake in procedure.mistakes(in: network) {
                        let message = "the procedure '\(type(of: procedure).kind)': \(mistake)"
                        guard reported.insert("\(place.position) \(message)").inserted else { continue }
                        diagnostics.error(message, at: place, notes: ["in the arm '\(arm.name)'"])
                    }
                }
            }
        }
    }

    // MARK: Observations

    /// Reports patterns of observed taps that fit no tap of any arm.
    func checkObservations(of file: ConfigurationNode) {
        guard networks.count == arms.count, !arms.isEmpty else { return }
        var lists = [file[path: ["base", "observe", "taps"]]]
        lists += (file["arms"]?.entries ?? []).map { $0.value[path: ["observe", "taps"]] }
        lists += Profile.names.map { file[path: ["profiles", $0, "set", "observe", "taps"]] }
        let addresses = networks.values.flatMap { $0.taps.map(\.address) }
        let known = Array(Set(addresses)).sorted()
        for node in lists.compactMap({ $0?.elements }).joined() {
            guard let pattern = node.scalar, !known.contains(where: Glob(pattern).matches) else { continue }
            let advice = Suggestion.nearest(to: pattern, among: known).map { "; did you mean '\($0)'?" } ?? ""
            diagnostics.error("no arm has a tap '\(pattern)'\(advice)", at: node)
        }
    }
}
