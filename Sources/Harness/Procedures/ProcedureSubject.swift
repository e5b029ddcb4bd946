import Datasets
import Engine

/// The run that a procedure measures.
public final class ProcedureSubject {
    /// The run's model, to be read only.
    public let model: Model
    /// What changes its parameters.
    public let optimizer: any Optimizer
    /// Images of a training batch.
    public let batch: Int
    /// What the run's random streams begin with.
    public let seed: UInt64
    /// Who computes.
    public let team: Team
    /// The run's configuration.
    public let configuration: RunConfiguration
    /// The input normalization, fitted to the training set.
    public let input: FittedInput
    /// The images.
    public let dataset: Dataset
    private let fill: (_ step: Int, Matrix, inout [Int32]) -> Void
    private let evaluation: (_ step: Int, _ fill: (Range<Int>, Matrix, inout [Int32]) -> Void) -> Evaluation

    /// The loss of a training batch as a function of the parameters, on memory of its own; made when it is first wanted, and
    /// shared by the procedures.
    public private(set) lazy var surface = LossSurface(model.network, batch: batch, team: team)

    /// - Parameters:
    ///   - fill: fills a matrix and labels with the batch of a step, from 0, of the run's own order.
    ///   - evaluation: evaluates on as many images as the run's own evaluations, under the statistics that count.
    init(
        model: Model, optimizer: any Optimizer, batch: Int, seed: UInt64, team: Team, configuration: RunConfiguration,
        input: FittedInput, dataset: Dataset,
        fill: @escaping (_ step: Int, Matrix, inout [Int32]) -> Void,
        evaluation: @escaping (_ step: Int, _ fill: (Range<Int>, Matrix, inout [Int32]) -> Void) -> Evaluation
    ) {
        self.model = model
        self.optimizer = optimizer
        self.batch = batch
        self.seed = seed
        self.team = team
        self.configuration = configuration
        self.input = input
        self.dataset = dataset
        self.fill = fill
        self.evaluation = evaluation
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

    /// Fills a matrix, [batch·positions × channels], and labels with the batch of the update that comes next.
    public func fillNextBatch(_ moment: ProcedureMoment, _ input: Matrix, _ labels: inout [Int32]) {
        fill(moment.step, input, &labels)
    }
}
