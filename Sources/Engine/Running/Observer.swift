import Kernels

/// Reads tensors of a network on a fixed set of images, without changing anything: it has memory of its own.
///
/// Normalizations use the statistics of the observed batch, as in training (the paper's N_BN^tr, Figure 1c), what disturbs
/// values is on, as in the step that comes next, and dropout is off.
public final class Observer {
    /// The model that is observed.
    public let model: Model
    /// Images of an observation.
    public let batch: Int
    /// The tensors that an observation reads.
    public let taps: [Tap]
    let team: Team
    /// What summing up needs, made once.
    let scratch = DistributionScratch()
    private let program: Program

    /// An observer of the given tensors, which must be among ``Network/taps`` of the model's network.
    public init(model: Model, batch: Int, taps: [Tap], team: Team, poisonsReleasedMemory: Bool = false) {
        precondition(taps.allSatisfy(Set(model.network.taps).contains), "a tap of another network")
        self.model = model
        self.batch = batch
        self.taps = taps
        self.team = team
        program = Program(
            model, batch: batch, purpose: .observation(taps), poisonsReleasedMemory: poisonsReleasedMemory)
    }

    /// The memory plan of an observation.
    public var memoryPlan: MemoryPlan { program.plan }

    /// Passes one batch through the network.
    ///
    /// - Parameters:
    ///   - step: the number of updates so far: it names the random numbers of disturbances, with the model's seed.
    ///   - fill: fills the inputs, [batch·positions × channels].
    public func observe(step: Int = 0, fill: (Matrix) -> Void) {
        fill(program.input(images: batch))
        program.forward(images: batch, phase: .observation(step: step, seed: model.seed), team: team)
    }

    /// A tensor of the last observation: one row a position, one column a channel or unit. Not to be changed.
    ///
    /// The view is valid until the next observation, and as long as the observer lives.
    public func tensor(_ tap: Tap) -> Matrix {
        precondition(taps.contains(tap), "'\(tap.address)' is not observed")
        return program.tensor(tap, images: batch)
    }
}
