import Datasets
import Engine
import Results
import Vocabulary

/// Everything that a run computes with, made from its plan before the first step.
struct RunSetup {
    let input: FittedInput
    /// The network with what trains and measures it; nil where the run has none.
    let network: NetworkSetup?
    let procedures: [(declared: any Procedure, measure: (ProcedureMoment) -> [Measurement])]

    init(_ plan: RunPlan, _ dataset: Dataset, team: Team) throws {
        let configuration = plan.configuration
        input = try dataset.fit(configuration.input)
        let network = configuration.hasNetwork ? try NetworkSetup(plan, dataset, input, team: team) : nil
        let run = MeasuredRun(
            seed: plan.randomSeed, team: team, configuration: configuration, input: input, dataset: dataset)
        let subject = network?.measured(run) ?? run
        procedures = configuration.procedures.compactMap { procedure in
            procedure.measurement(ofRun: subject).map { (procedure, $0) }
        }
        self.network = network
    }

    /// When a procedure measures that is asked after a number of updates.
    func moment(step: Int) -> ProcedureMoment {
        ProcedureMoment(step: step, rate: network?.trainer.rate(step: step) ?? 0)
    }
}

/// A run's network, and what trains, evaluates and observes it.
final class NetworkSetup {
    let model: Model
    let trainer: Trainer
    let evaluator: Evaluator
    let populationPass: PopulationPass?
    let observer: Observer?
    let order: BatchOrder
    let training: ImageFeed
    let testing: ImageFeed
    let testCount: Int
    /// The images of the training batches from which population statistics are taken: always the same ones, the first of
    /// the run's own order, distorted in the same way, so that a difference between evaluations is one of the network.
    let populationBatches: [[Int]]
    /// The test images that observations look at: one random choice for all runs.
    let probe: [Int]
    private let wantedStatistics: [StatisticsSource]
    private var indices: [Int] = []

    /// Images of an evaluation's pass. A mean loss, and the batch's own statistics, depend on it: the same everywhere.
    static let evaluationBatch = 100
    private static let probeSeed: UInt64 = 0

    init(_ plan: RunPlan, _ dataset: Dataset, _ input: FittedInput, team: Team) throws {
        let configuration = plan.configuration
        let shape = input.outputShape
        let network = try configuration.network(
            input: Shape(height: shape.height, width: shape.width, channels: shape.channels),
            classes: dataset.classes.count)
        order = try BatchOrder(
            count: dataset.train.count, batch: configuration.batch, seed: plan.randomSeed,
            order: configuration.batchOrder, labels: dataset.train.labels)
        let augmentation = configuration.augmentation
        training = ImageFeed(
            input, dataset.train,
            augmenter: augmentation.isOff
                ? nil : try Augmenter(augmentation, shape: dataset.train.shape, seed: plan.randomSeed),
            team: team)
        testing = ImageFeed(input, dataset.test, team: team)
        let wanted = configuration.evaluate.examples
        testCount = wanted == 0 ? dataset.test.count : min(wanted, dataset.test.count)

        model = Model(network, seed: plan.randomSeed)
        trainer = Trainer(
            model: model, batch: configuration.batch, optimizer: configuration.scaledOptimizer,
            policy: configuration.ratePolicy, steps: plan.steps, seed: plan.randomSeed, team: team)
        evaluator = Evaluator(model: model, batch: min(Self.evaluationBatch, testCount), team: team)
        wantedStatistics = configuration.evaluate.orderedStatistics
        let takesPopulation = network.tracksStatistics && wantedStatistics.contains(.population)
        let batches = takesPopulation ? configuration.evaluate.populationBatches : 0
        populationPass = batches > 0 ? PopulationPass(model: model, batch: configuration.batch, team: team) : nil
        populationBatches = (0..<batches).map(order.indices(step:))

        let taps = network.taps(fitting: configuration.observe.taps)
        probe = ProbeSet.sample(configuration.observe.probe, seed: Self.probeSeed).indices(count: dataset.test.count)
        observer = taps.isEmpty ? nil : Observer(model: model, batch: probe.count, taps: taps, team: team)
    }

    func measured(_ run: MeasuredRun) -> MeasuredNetwork {
        let (order, training) = (order, training)
        return MeasuredNetwork(
            run, model: model, optimizer: run.configuration.scaledOptimizer,
            fill: { step, input, labels in
                training.fill(order.indices(step: step), as: .step(step), into: input, labels: &labels)
            },
            evaluation: { [unowned self] step, fill in
                takePopulationStatistics(batches: populationBatches.count)
                let source = statistics(step: step).last?.source ?? .movingAverage
                return evaluator.evaluate(count: testCount, statistics: source, fill: fill)
            })
    }

    /// The statistics of an evaluation after `step` updates, the one that counts last. At step 0 there is no average.
    func statistics(step: Int) -> [(name: String, source: StatisticsSource)] {
        guard model.network.tracksStatistics else { return [("none", .movingAverage)] }
        return wantedStatistics.filter { step > 0 || $0 == .population || $0 == .batch }.map { ($0.rawValue, $0) }
    }

    // MARK: Work

    /// One training step, from 0, on its batch of the run's order.
    func train(step: Int) -> StepResult {
        order.fill(&indices, step: step)
        return trainer.step(step) { input, labels in
            training.fill(indices, as: .step(step), into: input, labels: &labels)
        }
    }

    func takePopulationStatistics(batches: Int) {
        populationPass?.run(batches: batches) { index, input in
            training.fill(populationBatches[index], as: .population(index), into: input)
        }
    }

    func evaluate(count: Int, statistics: StatisticsSource) -> Evaluation {
        evaluator.evaluate(count: count, statistics: statistics) { range, input, labels in
            testing.fill(Array(range), into: input, labels: &labels)
        }
    }

    /// Reads every observed tensor on the probe images, after a number of updates.
    func observe(_ observer: Observer, step: Int, edges: [Float]) -> [(tap: Tap, summary: TapSummary)] {
        observer.observe(step: step) { input in testing.fill(probe, into: input) }
        return zip(observer.taps, observer.summaries(edges: edges)).map { ($0, $1) }
    }
}

/// Hands images to the engine, distorted and normalized, in the order asked for, straight into its memory.
public final class ImageFeed {
    private let input: FittedInput
    private let set: ImageSet
    private let augmenter: Augmenter?
    private let team: Team

    /// The values of an item of work on the team: some microseconds.
    private static let valuesPerItem = 8192

    /// A feed of the images of a set.
    ///
    /// - Parameters:
    ///   - augmenter: what distorts the images of batches that are asked for as training batches.
    ///   - team: who normalizes; images are distorted one after the other.
    public init(_ input: FittedInput, _ set: ImageSet, augmenter: Augmenter? = nil, team: Team) {
        self.input = input
        self.set = set
        self.augmenter = augmenter
        self.team = team
    }

    /// Fills the rows of a batch with images, distorted as those of a training batch where `batch` says which.
    public func fill(_ indices: [Int], as batch: AugmentedBatch? = nil, into matrix: Matrix) {
        let (input, set) = (input, set)
        if let augmenter, let batch {
            matrix.withMutableSpan { input.fill(indices, of: set, distortedBy: augmenter, as: batch, into: &$0) }
            return
        }
        let rows = input.outputShape.count / matrix.columns
        let images = max(1, Self.valuesPerItem / input.outputShape.count)
        team.forEachPart(of: indices.count, size: images) { places in
            matrix.rows(places.lowerBound * rows..<places.upperBound * rows).withMutableSpan {
                input.fill(indices[places], of: set, into: &$0)
            }
        }
    }

    public func fill(
        _ indices: [Int], as batch: AugmentedBatch? = nil, into matrix: Matrix, labels: inout [Int32]
    ) {
        fill(indices, as: batch, into: matrix)
        for (place, index) in indices.enumerated() { labels[place] = Int32(set.labels[index]) }
    }
}

extension Network {
    /// The taps that any of the patterns fits, in the order of the network, each once.
    func taps(fitting patterns: [String]) -> [Tap] {
        let wanted = Set(patterns.flatMap(taps(matching:)))
        return taps.filter(wanted.contains)
    }
}

extension FittedInput {
    /// The fitted numbers as a checkpoint and a saved state hold them: `input/table`, `input/center` and so on. The names have
    /// no dot, as those of a network's parameters in a checkpoint do.
    var tensors: [NamedTensor] {
        parameters.map { NamedTensor(name: "input/\($0.name)", shape: $0.shape, values: $0.values) }
    }
}
