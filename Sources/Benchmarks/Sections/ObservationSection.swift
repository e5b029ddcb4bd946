import Engine
import Kernels

/// `observation`: what looking inside costs, as a share of the time of training.
///
/// The same steps are timed without and with an observation of one tensor for every layer that learns, in turns and in one
/// process. Nothing is written to files.
public struct ObservationSection: BenchmarkSection {
    public static let name = "observation"

    /// What a run observes.
    public struct Plan {
        /// Steps between observations.
        public let every: Int
        /// Patterns of the tensors' addresses.
        public let taps: [String]
        /// Images of an observation.
        public let images: Int
        /// The edges of the histograms' bins.
        public let edges: [Float]

        public init(every: Int, taps: [String], images: Int, edges: [Float]) {
            self.every = every
            self.taps = taps
            self.images = images
            self.edges = edges
        }
    }

    private let networks: [BenchmarkNetwork]
    private let plan: Plan
    private let team: Team
    private let effort: Effort

    public init(_ networks: [BenchmarkNetwork], plan: Plan, team: Team, effort: Effort) {
        self.networks = networks
        self.plan = plan
        self.team = team
        self.effort = effort
    }

    /// The cost for each network, and what one observation takes.
    public func run(_ report: (BenchmarkResult) -> Void) {
        for subject in networks {
            let probe = ObservedTraining(subject, plan: plan, team: team)
            let (_, _, ratios) = Stopwatch(effort).pairs({ probe.train() }) {
                probe.train()
                probe.observe()
            }
            let observation = Stopwatch(effort).seconds(probe.observe)
            func make(_ metric: BenchmarkMetric, _ sample: Sample) {
                report(
                    BenchmarkResult(
                        section: Self.name, name: subject.name, variant: subject.variant, batch: subject.batch,
                        threads: team.threads, metric, sample))
            }
            make(.cost, ratios.map { ($0 - 1) * 100 })
            make(.time, observation.map { $0 * 1e6 })
        }
    }
}

/// A model in training, with an observer beside it.
private final class ObservedTraining {
    private let plan: ObservationSection.Plan
    private let trainer: Trainer
    private let observer: Observer
    private let batches: RandomBatches
    private let probe: RandomBatches
    private var step = 0

    init(_ subject: BenchmarkNetwork, plan: ObservationSection.Plan, team: Team) {
        self.plan = plan
        let network = subject.network
        let model = Model(network, seed: 1)
        trainer = Trainer(
            model: model, batch: subject.batch, optimizer: StochasticGradientDescent(rate: 0.01, momentum: 0.9),
            policy: FixedRate(), steps: 1_000_000, seed: 1, team: team)
        let wanted = Set(plan.taps.flatMap(network.taps(matching:)))
        observer = Observer(
            model: model, batch: plan.images, taps: network.taps.filter(wanted.contains), team: team)
        batches = RandomBatches(batch: subject.batch, values: network.input.count, classes: network.classes, team: team)
        probe = RandomBatches(
            count: 1, batch: plan.images, values: network.input.count, classes: network.classes, seed: 2,
            team: team)
    }

    /// The steps between two observations.
    func train() {
        for _ in 0..<plan.every {
            trainer.step(step) { matrix, labels in batches.fill(step: step, matrix, &labels) }
            step += 1
        }
    }

    /// One observation with the statistics that are recorded of it.
    func observe() {
        var none: [Int32] = []
        observer.observe { matrix in probe.fill(step: 0, matrix, &none) }
        _ = observer.summaries(edges: plan.edges)
    }
}
