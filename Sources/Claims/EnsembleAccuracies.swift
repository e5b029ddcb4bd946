import Results

/// What the ensembles of an experiment come to: the arithmetic mean of the members' class probabilities, seed by seed.
///
/// Ioffe & Szegedy 2015, §4.2.3: “the ensemble prediction was based on the arithmetic average of class probabilities
/// predicted by the constituent networks”. A seed counts where every member has finished and predicted the same images.
struct EnsembleAccuracies: Sendable {
    /// The first k members of an ensemble with one seed.
    struct Step {
        let arm: String
        let single: Double
        /// The mean accuracy of the first k members.
        let meanSingle: Double
        /// The accuracy of the mean of the first k members' probabilities.
        let accuracy: Double
    }

    private struct Entry {
        let name: String
        let seed: UInt64
        let steps: [Step]
    }

    private var entries: [Entry] = []
    private var remarksByName: [(name: String, remark: String)] = []

    /// Reads the members' predictions.
    ///
    /// - Throws: `FileError` for a file that is damaged.
    init(_ runs: ExperimentRuns) throws(FileError) {
        for ensemble in runs.experiment.ensembles {
            for seed in Set(runs.runs.map(\.seed)).sorted() {
                let members = ensemble.arms.map { arm in runs.complete(arm).first { $0.seed == seed } }
                let found = members.compactMap(\.self)
                if found.isEmpty { continue }
                func leaveOut(_ reason: String) {
                    remarksByName.append((ensemble.name, "\(ensemble.name) seed \(seed) is left out: \(reason)"))
                }
                if let missing = zip(ensemble.arms, members).first(where: { $0.1 == nil })?.0 {
                    leaveOut("\(missing) has no result")
                } else if let diverged = found.first(where: \.isDiverged) {
                    leaveOut("\(diverged.arm) diverged")
                } else if let silent = found.first(where: { !$0.folder.has($0.folder.predictions) }) {
                    leaveOut("\(silent.arm) has no predictions")
                } else if let steps = Self.steps(try Self.predictions(of: found)) {
                    entries.append(Entry(name: ensemble.name, seed: seed, steps: steps))
                } else {
                    leaveOut("its members were evaluated on different images")
                }
            }
        }
    }

    private static func predictions(
        of runs: [RunResult]
    ) throws(FileError) -> [(arm: String, predictions: Predictions)] {
        var members: [(arm: String, predictions: Predictions)] = []
        for run in runs { members.append((run.arm, try PredictionsFile(run.folder).predictions)) }
        return members
    }

    var remarks: [String] { remarksByName.map(\.remark) }

    func remarks(on name: String) -> [String] { remarksByName.filter { $0.name == name }.map(\.remark) }

    func values(_ number: EnsembleNumber) -> [UInt64: MeasuredValue] {
        var values: [UInt64: MeasuredValue] = [:]
        for entry in entries where entry.name == number.name {
            guard let last = entry.steps.last else { continue }
            let value =
                switch number {
                case .together: last.accuracy
                case .meanOfMembers: last.meanSingle
                case .bestOfMembers: entry.steps.map(\.single).max() ?? last.single
                }
            values[entry.seed] = MeasuredValue(value)
        }
        return values
    }

    /// The rows of `ensembles.csv`, the header first: a row for each seed and each number of members.
    var rows: [[CSVField]] {
        [["ensemble", "seed", "members", "arm", "single", "mean-single", "accuracy"]]
            + entries.flatMap { entry in
                entry.steps.enumerated().map { index, step -> [CSVField] in
                    [
                        .text(entry.name), .text("\(entry.seed)"), .integer(index + 1), .text(step.arm),
                        .number(step.single), .number(step.meanSingle), .number(step.accuracy),
                    ]
                }
            }
    }

    /// The members one after the other; nil where they predict different images. Probabilities are added in Double, in the
    /// order of the members; of equal sums the first class is the answer.
    static func steps(_ members: [(arm: String, predictions: Predictions)]) -> [Step]? {
        guard let first = members.first?.predictions, !first.labels.isEmpty else { return nil }
        let isSame = members.allSatisfy {
            $0.predictions.classes == first.classes && $0.predictions.labels == first.labels
        }
        guard isSame else { return nil }
        var sums = [Double](repeating: 0, count: first.probabilities.count)
        var singles = 0.0
        return members.enumerated().map { index, member in
            let own = member.predictions.probabilities.map(Double.init)
            for place in sums.indices { sums[place] += own[place] }
            let single = accuracy(own, first)
            singles += single
            return Step(
                arm: member.arm, single: single, meanSingle: singles / Double(index + 1),
                accuracy: accuracy(sums, first))
        }
    }

    private static func accuracy(_ scores: [Double], _ truth: Predictions) -> Double {
        var correct = 0
        for (image, label) in truth.labels.enumerated() {
            let start = image * truth.classes
            var best = start
            for place in start..<(start + truth.classes) where scores[place] > scores[best] { best = place }
            if best - start == Int(label) { correct += 1 }
        }
        return Double(correct) / Double(truth.labels.count)
    }
}
