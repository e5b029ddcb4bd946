import Declarations
import Vocabulary

/// Makes the arms of an experiment: base, profile, arm, sweep and command line laid over each other, in this order.
struct ArmReader {
    let reader: ExperimentReader
    let file: ConfigurationNode

    let overrides: OverrideApplication

    private var diagnostics: DiagnosticCollector { reader.diagnostics }
    private let record = FieldType.record(RunConfiguration.self)

    init(
        reader: ExperimentReader, file: ConfigurationNode, overrides: OverrideApplication
    ) {
        self.reader = reader
        self.file = file

        self.overrides = overrides
    }

    /// The arms; one whose configuration has mistakes lacks it.
    func arms() -> [Arm] {
        let entries = (file["arms"]?.entries ?? []).filter { !$0.value.isNone }
        if entries.isEmpty, let arms = file["arms"], !arms.isRefused {
            diagnostics.error("an experiment needs at least one arm: 'baseline: {}' is the base itself", at: arms)
        }
        let sweep = Sweep(file["sweep"], diagnostics: diagnostics)
        let arms = entries.flatMap { entry in sweep.points.map { arm(entry, at: $0) } }
        overrides.reportMisses(
            settings: arms.first?.configurations.first?.value.settings.map(\.key) ?? [], groups: entries.map(\.key))
        return arms
    }

    private func arm(_ entry: ConfigurationNode.Entry, at point: Sweep.Point) -> Arm {
        let fields = entry.value
        let own = ArmFields.own.map(\.name)
        let differences = fields.replacing(
            .mapping((fields.entries ?? []).filter { !own.contains($0.key) }))
        let name = entry.key + point.suffix
        var configurations: [String: RunConfiguration] = [:]
        for profile in Profile.names {
            var node = (file["base"] ?? fields.replacing(.refused)).inLayer(.base)
            if let changes = file[path: ["profiles", profile, "set"]] {
                node = node.merging(changes.inLayer(.profile(profile)), as: record)
            }
            node = node.merging(differences.inLayer(.arm(entry.key)), as: record)
            node = point.apply(to: node, arm: entry.key, diagnostics: diagnostics)
            node = overrides.apply(to: node, arm: name, group: entry.key, sweptKeys: point.values.map(\.key))
            Resolver(diagnostics).checkCompleteness(of: node, fieldsOf: RunConfiguration.self, path: "base")
            configurations[profile] = reader.configuration(node)
        }

        let label = fields["label"]?.scalar ?? entry.key
        return Arm(
            name: name, label: label + point.labelSuffix, description: fields["description"]?.scalar ?? "",
            group: entry.key, sweptValues: point.values.map { .init(key: $0.key, value: $0.text) },
            configurations: configurations)
    }
}
