import Kernels

/// The version of the numbers: it grows whenever the same configuration and seed would give other bits.
///
/// A result that was computed under another version is stale. What changes bits: the order of a reduction, an
/// approximation of exp or log, a random stream's name or algorithm, the arithmetic of a layer or of an update. It is the
/// sum of the engine's and the kernels' own versions, which both only grow.
public let numericsVersion = 1 + Numerics.version

/// The threads that compute; see ``Kernels/Team``. Clients of the engine need not import the kernels.
public typealias Team = Kernels.Team

/// Rows × columns of floats in memory that the engine owns; see ``Kernels/Matrix``. Clients fill one with a batch.
public typealias Matrix = Kernels.Matrix

/// The singular values of a small matrix; see ``Kernels/SingularValues``. Used for Jacobians.
public typealias SingularValues = Kernels.SingularValues

/// What one training step did.
public struct StepResult: Equatable, Sendable {
    /// The batch's mean softmax cross-entropy before the update; NaN or infinite if the run has diverged.
    public let loss: Double
    /// The number of images of the batch whose label had the largest score.
    public let correct: Int
    public let rate: Double
}

/// Trains a model by steps: forward, loss, backward, update, moving averages.
///
/// Everything is planned and allocated when the trainer is made; a step allocates nothing, on any number of threads. A step
/// is a function of the model, the batch, the seed and its own number, so a run can be resumed at any step, and its bits
/// do not depend on the number of threads. A trainer is used by one thread at a time.
public final class Trainer {
    public let model: Model
    public let batch: Int
    /// Steps of the whole run, for policies that depend on it.
    public let steps: Int
    private let optimizer: any Optimizer
    private let policy: any RatePolicy
    private let seed: UInt64
    private let team: Team
    private let program: Program
    private let updates: [ParameterUpdate]
    private var labels: [Int32]

    /// A trainer for a batch size.
    ///
    /// - Parameters:
    ///   - model: the model to be trained.
    ///   - batch: images of a batch, at least one, which ``Network/check(trainingBatch:)`` accepts. Every step has a full batch.
    ///   - optimizer: how gradients change parameters.
    ///   - policy: how the rate changes over the run.
    ///   - steps: steps of the whole run.
    ///   - seed: names the run's random streams together with their paths.
    ///   - team: who computes.
    ///   - poisonsReleasedMemory: for tests: whether memory that is not in use is filled with NaN.
    ///   - fuses: whether layers are computed together where they can be, which changes no bit.
    public init(
        model: Model, batch: Int, optimizer: any Optimizer, policy: any RatePolicy, steps: Int, seed: UInt64,
        team: Team, poisonsReleasedMemory: Bool = false, fuses: Bool = true
    ) {
        self.model = model
        self.batch = batch
        self.steps = steps
        self.optimizer = optimizer
        self.policy = policy
        self.seed = seed
        self.team = team
        program = Program(
            model, batch: batch, purpose: .training(inputGradient: false),
            poisonsReleasedMemory: poisonsReleasedMemory, fuses: fuses)
        labels = Array(repeating: 0, count: batch)
        updates = model.updates
    }

    public var memoryPlan: MemoryPlan { program.plan }

    /// The learning rate of a step, from 0.
    public func rate(step: Int) -> Double { policy.rate(base: optimizer.rate, step: step, of: steps) }

    /// Runs one step.
    ///
    /// - Parameters:
    ///   - index: the step's number, from 0: it names the dropout masks and decides the rate.
    ///   - fill: fills the inputs, [batch·positions × channels], and the labels, one an image, each a class.
    /// - Returns: the loss and the accuracy of the batch before the update. A diverged step returns what it computed.
    @discardableResult
    public func step(_ index: Int, fill: (Matrix, inout [Int32]) -> Void) -> StepResult {
        fill(program.input(images: batch), &labels)
        let phase = Phase.training(step: index, seed: seed)
        program.forward(images: batch, phase: phase, team: team)
        let (loss, correct) = program.loss(labels: labels, images: batch)
        program.backward(images: batch, phase: phase, team: team)
        let rate = rate(step: index)
        for index in 0..<updates.count { optimizer.update(updates[index], rate: rate, team: team) }
        program.forEachBatchStatistics(images: batch) { state, mean, variance, correction in
            state.accumulate(mean: mean, variance: variance, correction: correction)
        }
        return StepResult(loss: loss / Double(batch), correct: correct, rate: rate)
    }
}
