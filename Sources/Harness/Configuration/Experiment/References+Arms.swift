import Declarations
import Engine
import Vocabulary

extension References {
    /// What can be named of an experiment's arms and their networks.
    init(_ arms: [Harness.Arm], networks: [String: Network], sweep: ConfigurationNode?, _ diagnostics: DiagnosticCollector) {
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
