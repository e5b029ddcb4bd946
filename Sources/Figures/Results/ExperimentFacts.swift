/// What an experiment is about and what its results stand on: the rows of `experiment.csv`.
public struct ExperimentFacts: Sendable, Equatable {
    /// The experiment's name: `mnist-mlp`.
    public var name: String
    /// Its title for people.
    public var title: String
    /// The place in the literature that it tests.
    public var source: String
    /// The data set that was used: `mnist`.
    public var dataset: String
    /// Whether the data set was drawn by a program, not photographed or scanned.
    public var isSynthetic: Bool
    /// The profile: `smoke`, `quick` or `paper`.
    public var profile: String
    /// Training steps of every run, where the file says them.
    public var steps: Int?

    /// What is minimized, such as `cross-entropy`; empty where arms differ, nil in files of before there was a choice.
    public var loss: String?

    /// The unit of a loss: nats of a cross-entropy, and none otherwise.
    var lossUnit: String { (loss ?? "cross-entropy") == "cross-entropy" ? " (nats)" : "" }

    /// Reads `experiment.csv`.
    init(_ table: CSVTable) throws(CSVError) {
        let keys = try table.texts("key")
        let values = try table.texts("value")
        let facts = Dictionary(zip(keys, values), uniquingKeysWith: { first, _ in first })
        name = facts["experiment"] ?? ""
        title = facts["title"] ?? name
        source = facts["source"] ?? ""
        dataset = facts["dataset"] ?? ""
        profile = facts["profile"] ?? ""
        steps = facts["steps"].flatMap { Int($0) }
        loss = facts["loss"]
        isSynthetic = facts["synthetic"] == "true"
        for key in ["experiment", "dataset", "profile", "synthetic"] where (facts[key] ?? "").isEmpty {
            throw .missingKey(file: table.file, key: key)
        }
    }
}
