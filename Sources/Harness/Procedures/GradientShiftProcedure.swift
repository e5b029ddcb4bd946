import Engine
import Vocabulary

/// Internal covariate shift in the sense of gradients: see ``Engine/GradientShift``.
struct GradientShiftProcedure: MeasuredAtIntervals {
    var every = 50

    static let kind = "gradient-shift"
    static let summary =
        "How much each layer's gradient changes when the layers below are updated (Santurkar et al. 2018, Definition 2.1)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    static let quantities = [
        Quantity(
            "gradient-norm", "Norm of the gradient ‖∇L‖",
            meaning: "‖G‖₂ of the place's weights, on the batch of the next update"),
        Quantity(
            "gradient-shift", "Gradient shift ‖G − G′‖",
            meaning: "‖G − G′‖₂, G′ with the layers below the place updated, on the same batch"),
        Quantity("relative-gradient-shift", "Relative gradient shift ‖G − G′‖ / ‖G‖", meaning: "‖G − G′‖₂ / ‖G‖₂"),
        Quantity("gradient-cosine", "cos(G, G′)", .bounded, meaning: "cos(G, G′): 1 where there is no shift"),
    ]

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        let shift = GradientShift(subject.surface, optimizer: subject.optimizer)
        return { moment in
            subject.takeNextBatch(moment)
            return shift.measure(subject.model, rate: moment.rate).flatMap { layer in
                [
                    Measurement("gradient-norm", place: layer.name, layer.norm),
                    Measurement("gradient-shift", place: layer.name, layer.shift),
                    Measurement("relative-gradient-shift", place: layer.name, layer.shift / layer.norm),
                    Measurement("gradient-cosine", place: layer.name, layer.cosine),
                ]
            }
        }
    }
}
