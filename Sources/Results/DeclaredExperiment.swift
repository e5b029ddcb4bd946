import Vocabulary

/// What an experiment declares, in words and numbers, as far as its results are judged and summarized by it: what is left of
/// an experiment file for those who know neither the engine nor YAML.
public struct DeclaredExperiment: Sendable {
    /// One arm in the profile at hand.
    public struct Arm: Sendable {
        /// Its name, also that of its folder.
        public let name: String
        public let label: String
        public let description: String
        /// The declared arm that it is a point of: its own name where nothing is swept.
        public let group: String
        public let steps: Int
        /// Every resolved setting by its path, in the order of the declarations.
        public let settings: [(key: String, value: String)]
        /// What it minimizes: `cross-entropy`; empty without a network.
        public let loss: String

        public init(
            name: String, label: String, description: String, group: String, steps: Int,
            settings: [(key: String, value: String)], loss: String
        ) {
            self.name = name
            self.label = label
            self.description = description
            self.group = group
            self.steps = steps
            self.settings = settings
            self.loss = loss
        }

        /// Whether a name, the name of the group, or a pattern with `*` stands for the arm.
        public func fits(_ pattern: String) -> Bool { ArmName.fits(pattern, arm: name, group: group) }
    }

    /// Networks whose class probabilities are averaged: Figure 4 of Ioffe & Szegedy 2015.
    public struct Ensemble: Sendable, Equatable {
        /// Its name, which no arm has.
        public let name: String
        /// The arms of its members, in the order in which they join; at least two.
        public let arms: [String]

        public init(name: String, arms: [String]) {
            self.name = name
            self.arms = arms
        }
    }

    /// The name of its folder: that of its file, with what the command line varied.
    public var name: String
    public var title: String
    public var source: String
    public var question: String
    /// The data sets that it may use, the preferred one first.
    public var datasets: [String]
    public var profile: String
    public var steps: Int
    /// The seeds that the profile asks for.
    public var seeds: [UInt64]
    public var arms: [Arm]
    public var ensembles: [Ensemble]
    /// The quantities that its runs measure, each once.
    public var quantities: [Quantity]

    public init(
        name: String, title: String, source: String, question: String, datasets: [String], profile: String,
        steps: Int, seeds: [UInt64], arms: [Arm], ensembles: [Ensemble], quantities: [Quantity]
    ) {
        self.name = name
        self.title = title
        self.source = source
        self.question = question
        self.datasets = datasets
        self.profile = profile
        self.steps = steps
        self.seeds = seeds
        self.arms = arms
        self.ensembles = ensembles
        self.quantities = quantities
    }
}
