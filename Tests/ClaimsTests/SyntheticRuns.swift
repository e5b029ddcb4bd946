import Declarations
import Foundation
import TestSupport
import Vocabulary

@testable import Claims
@testable import Results

/// Run folders of an experiment with tables that a test writes down, so that verdicts are known.
final class SyntheticRuns {
    private let temporary: TemporaryFolder
    let experiment: DeclaredExperiment
    let claims: [Claim]
    let rules: [MatchRule]

    /// An experiment whose `pair` is an ensemble of its first two arms.
    ///
    /// - Parameters:
    ///   - arms: what each of its arms changes.
    ///   - claims: its claims as a list in YAML.
    ///   - rules: the rules by which its figures say that an arm matches another.
    init(
        arms: [(name: String, settings: [String: String])] = standardArms, claims: String = "[]",
        rules: [MatchRule] = []
    ) throws {
        temporary = try TemporaryFolder()
        experiment = .example(arms, ensembles: [.init(name: "pair", arms: arms.prefix(2).map(\.name))])
        self.claims = try Claim.read(claims, of: experiment)
        self.rules = rules
    }

    static let standardArms: [(name: String, settings: [String: String])] = [
        ("a", ["optimizer.sgd.rate": "0.2"]), ("b", [:]), ("tuned-low", ["optimizer.sgd.rate": "0.01"]),
        ("tuned-high", ["optimizer.sgd.rate": "0.9"]), ("normalized", ["normalization": "batch-norm"]),
        ("large", ["batch": "40"]),
    ]

    /// The folder of all results.
    var results: URL { temporary.url }

    /// The folder of the experiment's results.
    var folder: URL { RunFolder.experiment(root: results, profile: experiment.profile, name: experiment.name) }

    /// The folder of a run.
    func folder(_ arm: String, seed: UInt64) -> RunFolder { RunFolder(experimentFolder: folder, arm, seed) }

    /// A run's evaluations: accuracies at steps 0, 10, 20, …
    func add(
        _ arm: String, seed: UInt64, accuracy: [Double], statistics: [String] = ["none"], divergedAt: Int? = nil,
        drift: [Double] = [1, 2, 3, 4], spread: Double = 1, status: RunStatus? = nil
    ) throws {
        guard let declared = experiment.arms.first(where: { $0.name == arm }) else { throw NoSuchArm(name: arm) }
        let folder = folder(arm, seed: seed)
        try AtomicFile.createFolder(folder.url)
        let settings = declared.runSettings(seed: seed)
        var manifest = Manifest(
            experiment: experiment.name, arm: arm, seed: seed, profile: experiment.profile, steps: experiment.steps,
            hash: "abc", numericsVersion: 1, settings: settings,
            dataset: .init(name: "mnist", checksum: "c0ffee", synthetic: false, train: 60000, test: 10000, classes: 10),
            batch: settings["batch"].flatMap { Int($0) } ?? 0, parameters: 99_710, threads: 2,
            started: "2026-01-02T03:04:05Z",
            provenance: Provenance(
                processor: "", processors: 1, architecture: "", system: "", toolchain: "", build: "", commit: nil))
        manifest.status = status ?? (divergedAt == nil ? .finished : .diverged)
        manifest.divergedAt = divergedAt
        manifest.step = divergedAt ?? 100
        try AtomicFile.write(manifest.encoded(), to: folder.manifest)

        var rows: [[CSVField]] = [RunFolder.Table.evaluations.header.map { .text($0) }]
        for (index, value) in accuracy.enumerated() {
            for (offset, word) in statistics.enumerated() {
                let value = value - 0.2 * Double(statistics.count - 1 - offset)
                rows.append([.integer(10 * index), .text(word), .number(1 - value), .number(value)])
            }
        }
        if let divergedAt {
            rows.append([.integer(divergedAt), .text(statistics[0]), .number(.nan), .number(.nan)])
        }
        try AtomicFile.write(CSVField.bytes(rows: rows), to: folder.evaluations)
        let train: [[CSVField]] = (1...manifest.step).map {
            [.integer($0), .integer(0), .number(0.1), .number(1 / Double($0)), .number(0.5)]
        }
        try AtomicFile.write(
            CSVField.bytes(rows: [RunFolder.Table.train.header.map { .text($0) }] + train), to: folder.train)
        let units: [[CSVField]] = drift.enumerated().map { channel, value in
            [
                .text("hidden/activation-input"), .integer(channel), .number(value),
                .text(channel == 1 ? "true" : "false"),
            ]
        }
        try AtomicFile.write(CSVField.bytes(rows: [Drift.header.map { .text($0) }] + units), to: folder.drift)
        let observations: [[CSVField]] = [0, 50, 100].flatMap { step in
            (0..<4).map { channel in
                [
                    .integer(step), .text("hidden/activation-input"), .integer(channel), .number(0), .number(1),
                    .number(-spread), .number(0), .number(spread * Double(step) / 100 + Double(channel - 1)),
                ]
            }
        }
        try AtomicFile.write(
            CSVField.bytes(rows: [RunFolder.Table.activations.header.map { .text($0) }] + observations),
            to: folder.activations)
    }

    /// What a run's final network says: for each image a row of probabilities, with the labels.
    func predict(_ arm: String, seed: UInt64, _ probabilities: [[Float]], labels: [Int32]) throws {
        let predictions = Predictions(
            classes: probabilities[0].count, probabilities: Array(probabilities.joined()), labels: labels)
        try AtomicFile.write(
            PredictionsFile(predictions, metadata: [:]).encoded(),
            to: folder(arm, seed: seed).predictions)
    }

    func judged() throws -> [ClaimResult] { try summary().claims }

    func summary() throws -> ExperimentSummary {
        try ExperimentSummary(experiment, claims: claims, rules: rules, resultsRoot: results)
    }

    func runs() throws -> ExperimentRuns { try ExperimentRuns(experiment, resultsRoot: results) }
}

struct NoSuchArm: Error {
    let name: String
}

extension DeclaredExperiment {
    /// An experiment on `mnist` whose arms differ from a base in some settings.
    static func example(
        _ arms: [(name: String, settings: [String: String])], ensembles: [Ensemble] = []
    ) -> DeclaredExperiment {
        let base = ["normalization": "none", "batch": "10", "optimizer": "sgd", "optimizer.sgd.rate": "0.1"]
        return DeclaredExperiment(
            name: "tiny", title: "Synthetic", source: "none", question: "?", datasets: ["mnist"], profile: "quick",
            steps: 100, seeds: [1, 2, 3],
            arms: arms.map { name, settings in
                let all = base.merging(settings) { $1 }.sorted { $0.key < $1.key }
                return Arm(
                    name: name, label: name, description: "", group: String(name.prefix { $0 != "@" }),
                    steps: 100, settings: all.map { ($0.key, $0.value) }, loss: "cross-entropy")
            }, ensembles: ensembles, quantities: [])
    }
}

extension Claim {
    /// The claims of a list in YAML, read as strictly as in a file whose first line is `claims:`.
    ///
    /// - Throws: `ConfigurationErrors`.
    static func read(_ yaml: String, of experiment: DeclaredExperiment) throws -> [Claim] {
        let taps = ["hidden/preactivation", "hidden/activation-input", "hidden/output"]
        let diagnostics = DiagnosticCollector()
        var references = References(
            arms: experiment.arms.map {
                References.Arm(
                    name: $0.name, group: $0.group, taps: taps, observed: [["*/preactivation", "*/activation-input"]],
                    quantities: [["gradient-shift"], ["gradient-shift", "wasserstein"]], writesPredictions: true)
            }, sweptKeys: [], diagnostics: diagnostics)
        references.ensembles = experiment.ensembles.map(\.name)
        let text = "claims:\n" + yaml.split(separator: "\n").map { "  \($0)\n" }.joined()
        let root = YAMLReader(text, file: "claims.yaml", layer: .base, diagnostics: diagnostics).root()
        let type = FieldType.list(.record(Claim.self), minimum: 0)
        var claims: [Claim] = []
        if let node = root?["claims"].flatMap({ Resolver(diagnostics).resolve($0, type, path: "claims") }) {
            Resolver(diagnostics).checkCompleteness(of: node, type, path: "claims")
            claims = Claim.read(node, references)
        }
        try diagnostics.throwIfAny()
        return claims
    }
}
