import Foundation

/// What compares the runs of a synthetic experiment: `matches.csv`, from the runs' own tables, and `ensembles.csv`.
struct SyntheticComparisons {
    let experiment: SyntheticExperiment

    /// The values that depend on the experiment's arms and layers: `@first`, `@last-layer`, `@published`, `@groups`; others
    /// stand for themselves.
    func spelled(_ value: String) -> String {
        let names = experiment.arms.map(\.name)
        let last = names[names.count - 1]
        switch value {
        case "@first": return names[0]
        case "@last-layer": return experiment.layers.last ?? ""
        case "@published":
            let entries = zip(names, [31.0e6, 13.3e6, 2.1e6]).map { name, steps in
                "{ arm: \"\(name)\", steps: \(steps), accuracy: 0.7\(steps > 3e6 ? 2 : 3) }"
            }
            return "[\(entries.joined(separator: ", "))]"
        case "@groups":
            let others = names.count > 1 ? Array(names.dropFirst()) : names
            let changes = others.map { "{ arm: \"\($0)\" }" }.joined(separator: ", ")
            return """
                [{ reference: "\(names[0])", label: Added to the baseline, changes: [\(changes)] }, \
                { reference: "\(last)", changes: [{ arm: "\(names[0])", label: "taken back: everything" }] }]
                """
        default: return value
        }
    }

    func write(in folder: URL) throws {
        var rows = "baseline,smoothing,statistics,arm,seed,status,target,steps,best-accuracy\n"
        for smoothing in [1, 3] {
            for seed in experiment.seeds {
                let target =
                    try accuracies(experiment.arms[0], seed, in: folder).means(of: smoothing).map(\.1).max() ?? 0
                for arm in experiment.arms {
                    let means = try accuracies(arm, seed, in: folder).means(of: smoothing)
                    let first = means.first { $0.1 >= target }?.0
                    let diverged = arm.divergence(seed: seed) != nil
                    let status = diverged ? "diverged" : first == nil ? "not-matched" : "matched"
                    let steps = diverged ? experiment.steps : first.map { max($0, 1) } ?? experiment.steps
                    let best = diverged ? "" : means.map(\.1).max().map { "\($0)" } ?? ""
                    rows +=
                        "\"\(experiment.arms[0].name)\",\(smoothing),,\"\(arm.name)\",\(seed),\(status),\(target),\(steps),\(best)\n"
                }
            }
        }
        try rows.write(to: folder.appending(path: "matches.csv"), atomically: false, encoding: .utf8)
        try ensembles(in: folder).write(to: folder.appending(path: "ensembles.csv"), atomically: false, encoding: .utf8)
    }

    /// The finite accuracies that count, with their steps, before a run's end.
    private func accuracies(_ arm: SyntheticArm, _ seed: Int, in folder: URL) throws -> [(Int, Double)] {
        let file = folder.appending(path: "\(arm.name)/seed-\(seed)/eval.csv")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ",")
            guard fields[1] == (arm.normalizes ? "population" : "none"), let step = Int(fields[0]),
                let accuracy = Double(fields[3]), accuracy.isFinite
            else { return nil }
            return (step, accuracy)
        }
    }

    private func ensembles(in folder: URL) throws -> String {
        var rows = "ensemble,seed,members,arm,single,mean-single,accuracy\n"
        for seed in experiment.seeds {
            var sum = 0.0
            for (index, arm) in experiment.arms.filter({ $0.divergence(seed: seed) == nil }).enumerated() {
                let single = try accuracies(arm, seed, in: folder).last?.1 ?? 0
                sum += single
                let mean = sum / Double(index + 1)
                let together = mean + 0.3 * (1 - mean) * (1 - 1 / Double(index + 1))
                rows += "all,\(seed),\(index + 1),\"\(arm.name)\",\(single),\(mean),\(together)\n"
            }
        }
        return rows
    }
}

extension [(Int, Double)] {
    /// The means of so many values, each with the step of the last.
    func means(of count: Int) -> [(Int, Double)] {
        let count = Swift.min(count, self.count)
        guard count > 0 else { return [] }
        return (count - 1..<self.count).map { last in
            (self[last].0, self[(last + 1 - count)...last].map(\.1).reduce(0, +) / Double(count))
        }
    }
}
