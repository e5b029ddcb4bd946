import Datasets
import Engine
import Results
import Vocabulary

/// A named measurement that a run makes of its network, its input or its machine: what cannot be read from activations, such
/// as gradients, the shape of the loss around a point, norms of weights.
///
/// A procedure is its configuration, as a layer is. It changes nothing of the run: its bits are the same with and without.
///
/// To add one: a type that conforms to ``MeasuredAtIntervals`` or ``MeasuredOnce``, and a line in ``ProcedureCatalogue``.
public protocol Procedure: Configurable, Equatable {
    /// Updates between two measurements, besides those at both ends; nil for a single one before the first update.
    var interval: Int? { get }
    /// The quantities that it measures, as they stand in `measures.csv`, with what they are.
    static var quantities: [Quantity] { get }
    /// What is wrong with its fields for inputs of a shape, each a sentence; found before any training.
    func mistakes(for input: Shape) -> [String]
    /// What is wrong with its fields for a network, each a sentence; found before any training.
    func mistakes(in network: Network) -> [String]
    /// Books all memory that measuring a run needs. Nil where it measures a network and the run has none.
    func measurement(ofRun run: MeasuredRun) -> ((ProcedureMoment) -> [Measurement])?
}

extension Procedure {
    public func mistakes(for input: Shape) -> [String] { [] }
    public func mistakes(in network: Network) -> [String] { [] }

    func isDue(step: Int, isLast: Bool) -> Bool {
        step == 0 || interval.map { isLast || step.isMultiple(of: $0) } ?? false
    }
}

/// Measures the network before the first update, every ``every`` updates, and after the last; once in a run of 0 steps.
public protocol MeasuredAtIntervals: Procedure {
    var every: Int { get }
    func measurement(of network: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement]
}

extension MeasuredAtIntervals {
    public var interval: Int? { every }

    public func measurement(ofRun run: MeasuredRun) -> ((ProcedureMoment) -> [Measurement])? {
        (run as? MeasuredNetwork).map(measurement(of:))
    }

    static func intervalField(_ path: WritableKeyPath<Self, Int> & Sendable) -> Field<Self> {
        Field("every", path, 1...1_000_000_000, "Steps between measurements; one more follows the last step.")
    }
}

/// A procedure of what never changes in a run and needs no network: measured once, before the first update.
public protocol MeasuredOnce: Procedure {
    func measurements(of run: MeasuredRun) -> [Measurement]
}

extension MeasuredOnce {
    public var interval: Int? { nil }

    public func measurement(ofRun run: MeasuredRun) -> ((ProcedureMoment) -> [Measurement])? {
        { _ in measurements(of: run) }
    }
}

extension RunConfiguration {
    /// The quantities that its runs measure: those of the procedures, and those of `shift.csv` where taps are observed.
    package var quantities: [Quantity] {
        procedures.flatMap { type(of: $0).quantities }
            + (observe.taps.isEmpty || !hasNetwork ? [] : DistributionShift.Measure.allCases.map(\.words))
    }
}

/// One number that a procedure measured: a row of `measures.csv`.
public struct Measurement: Sendable, Equatable {
    public let quantity: String
    /// The layer, tap or parameter that it belongs to; empty for the whole network.
    public let place: String
    /// Where it stands on the quantity's own axis, such as a step length; nil where it has none.
    public let at: Double?
    public let value: Double

    public init(_ quantity: String, place: String = "", at: Double? = nil, _ value: Double) {
        self.quantity = quantity
        self.place = place
        self.at = at
        self.value = value
    }
}

public struct ProcedureMoment: Sendable {
    public let step: Int
    public let rate: Double
}

/// The procedures, in the order of the reference. A new one is one file and one line here.
public enum ProcedureCatalogue {
    public static let all: [any Procedure.Type] = [
        GradientShiftProcedure.self,
        LandscapeProcedure.self,
        GradientNormsProcedure.self,
        LayerJacobianProcedure.self,
        GradientCorrelationProcedure.self,
        ChannelStatisticsProcedure.self,
        RescalingProcedure.self,
        WeightNormsProcedure.self,
        InputStatisticsProcedure.self,
        NewDataProcedure.self,
        LineFitProcedure.self,
        MultiplicationThroughputProcedure.self,
        DecorrelationCostProcedure.self,
    ]
}

public class MeasuredRun {
    /// What the run's random streams begin with.
    public let seed: UInt64
    public let team: Team
    public let configuration: RunConfiguration
    public let input: FittedInput
    public let dataset: Dataset

    init(seed: UInt64, team: Team, configuration: RunConfiguration, input: FittedInput, dataset: Dataset) {
        self.seed = seed
        self.team = team
        self.configuration = configuration
        self.input = input
        self.dataset = dataset
    }

    public var batch: Int { configuration.batch }
}

public final class MeasuredNetwork: MeasuredRun {
    public let model: Model
    /// What changes its parameters.
    public let optimizer: any Optimizer
    /// Fills a matrix, [batch·positions × channels], and labels with the batch of a step, from 0, of the run's own order: after
    /// k updates, step k is the next.
    let fill: (_ step: Int, Matrix, inout [Int32]) -> Void
    private let evaluation: (_ step: Int, _ fill: (Range<Int>, Matrix, inout [Int32]) -> Void) -> Evaluation

    /// The loss of a training batch as a function of the parameters, on memory of its own, shared by the procedures.
    public private(set) lazy var surface = LossSurface(model.network, batch: batch, team: team)

    /// - Parameter evaluation: evaluates on as many images as the run's own evaluations, under the statistics that count.
    init(
        _ run: MeasuredRun, model: Model, optimizer: any Optimizer,
        fill: @escaping (_ step: Int, Matrix, inout [Int32]) -> Void,
        evaluation: @escaping (_ step: Int, _ fill: (Range<Int>, Matrix, inout [Int32]) -> Void) -> Evaluation
    ) {
        self.model = model
        self.optimizer = optimizer
        self.fill = fill
        self.evaluation = evaluation
        super.init(
            seed: run.seed, team: run.team, configuration: run.configuration, input: run.input, dataset: run.dataset)
    }

    /// Gives ``surface`` the batch of the update that comes next.
    public func takeNextBatch(_ moment: ProcedureMoment) {
        surface.take(step: moment.step, seed: seed) { input, labels in fill(moment.step, input, &labels) }
    }

    /// Evaluates the run's model on its test images, made into inputs in another way than the run's.
    ///
    /// - Parameter fill: writes the inputs of test images, by their indices, one after the other.
    public func evaluate(
        _ moment: ProcedureMoment, fill: ([Int], inout MutableSpan<Float>) -> Void
    ) -> Evaluation {
        evaluation(moment.step) { range, matrix, labels in
            let indices = Array(range)
            matrix.withMutableSpan { fill(indices, &$0) }
            for (place, index) in indices.enumerated() { labels[place] = Int32(dataset.test.labels[index]) }
        }
    }
}
