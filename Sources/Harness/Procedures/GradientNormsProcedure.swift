import Engine
import Vocabulary

/// Whether gradients explode or vanish on their way back: see ``Engine/GradientNorms``.
struct GradientNormsProcedure: MeasuredAtIntervals {
    var every = 50
    var by = Place.activationInput
    var leaveOut = 1

    /// What gradients are taken by.
    enum Place: String, ConfigurationWord {
        /// The input of the nonlinearity.
        case activationInput = "activation-input"
        /// The product's own output.
        case preactivation
    }

    static let kind = "gradient-norms"
    static let summary =
        "Norms of the loss's gradient by the hidden values, and how they grow on the way back (Yang et al. 2019)."
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field("by", \.by, "The tap after every product by which gradients are taken."),
        Field(
            "leave-out", \.leaveOut, 0...1_000_000,
            "How many layers at either end are left out of the growth, where the ends show."),
    ]
    static let quantities = [
        Quantity(
            "squared-gradient-norm", "Squared gradient by a unit, mean", axis: "Depth, in products from the input",
            meaning:
                "the mean over the images and the units of (∂Σℓ/∂h)², on the batch of the next update; `at` is the layer's "
                + "depth in products"),
        Quantity(
            "gradient-growth", "Growth of the log squared gradient a layer", .linear,
            meaning:
                "by how much its logarithm grows from a layer to the one before it: log(π/(π − 1)) = 0.383 for batch "
                + "normalization with rectifiers at the start"),
    ]

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        let norms = GradientNorms(
            subject.model.network, batch: subject.batch, atPreactivations: by == .preactivation, team: subject.team)
        return { moment in
            let layers = norms.measure(subject.model, phase: .training(step: moment.step, seed: subject.seed)) {
                subject.fillNextBatch(moment, $0, &$1)
            }
            return layers.map {
                Measurement("squared-gradient-norm", place: $0.name, at: Double($0.depth), $0.perUnit)
            } + [
                Measurement("gradient-growth", GradientNorms.growth(layers.dropFirst(leaveOut).dropLast(leaveOut)))
            ]
        }
    }
}
