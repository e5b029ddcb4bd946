import Engine
import Vocabulary

/// Internal covariate shift in the sense of gradients: see ``Engine/GradientShift``.
struct GradientShiftProcedure: Procedure {
    var every = 50

    static let kind = "gradient-shift"
    static let summary =
        "How much each layer's gradient changes when the layers below are updated (Santurkar et al. 2018, Definition 2.1)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    static let quantities = [
        Quantity(name: "gradient-norm", meaning: "‖G‖₂ of the place's weights, on the batch of the next update"),
        Quantity(
            name: "gradient-shift", meaning: "‖G − G′‖₂, G′ with the layers below the place updated, on the same batch"),
        Quantity(name: "relative-gradient-shift", meaning: "‖G − G′‖₂ / ‖G‖₂"),
        Quantity(name: "gradient-cosine", meaning: "cos(G, G′): 1 where there is no shift"),
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
