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

    /// The loss of a training batch as a function of the parameters, on memory of its own; made when it is first wanted, and
    /// shared by the procedures.
    public private(set) lazy var surface = LossSurface(model.network, batch: batch, team: team)

    /// - Parameter fill: fills a matrix and labels with the batch of a step, from 0, of the run's own order.
    init(
        model: Model, optimizer: any Optimizer, batch: Int, seed: UInt64, team: Team, configuration: RunConfiguration,
        input: FittedInput, dataset: Dataset,
        fill: @escaping (_ step: Int, Matrix, inout [Int32]) -> Void
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
    }

    /// Gives ``surface`` the batch of the update that comes next.
    public func takeNextBatch(_ moment: ProcedureMoment) {
        surface.take(step: moment.step, seed: seed) { input, labels in fill(moment.step, input, &labels) }
    }

    /// Fills a matrix, [batch·positions × channels], and labels with the batch of the update that comes next.
    public func fillNextBatch(_ moment: ProcedureMoment, _ input: Matrix, _ labels: inout [Int32]) {
        fill(moment.step, input, &labels)
    }
}
