import Datasets

extension RunPlan {
    /// What stands in a run's `config.yaml`: the run and its data, then every setting, defaults included.
    func resolvedConfiguration(dataset: Dataset) -> String {
        let settings = configuration.canonicalYAML.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
        return """
            # What this run computes: every setting, defaults included.
            experiment: \(experiment)
            arm: \(arm.name)
            seed: \(seed)
            steps: \(steps)
            dataset: \(dataset.name)
            checksum: "\(dataset.checksum)"
            base:
            \(settings.hasSuffix("\n") ? settings : settings + "\n")
            """
    }
}
