import Engine
import Vocabulary

/// How large weights, biases and scales are: see ``Engine/WeightNorms``.
struct WeightNormsProcedure: MeasuredAtIntervals {
    var every = 50

    static let kind = "weight-norms"
    static let summary =
        "Norms of weights, biases, γ and β, and the rate at which a weight's direction turns (van Laarhoven 2017)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    static let quantities = [
        Quantity("weight-norm", "Norm of the weights ‖W‖", meaning: "‖W‖₂ of all elements of the place's weight"),
        Quantity(
            "effective-rate", "Effective learning rate η / ‖W‖²",
            meaning: "η/‖W‖₂², η the rate of the next update with the weight's own factor"),
        Quantity("bias-norm", "Norm of the biases ‖b‖", meaning: "‖b‖₂ of the place's bias"),
        Quantity("scale-rms", "Root mean square of γ", meaning: "the root of the mean square of the place's γ"),
        Quantity("shift-norm", "Norm of the shifts ‖β‖", meaning: "‖β‖₂ of the place's β"),
    ]

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        { moment in
            WeightNorms(subject.model, rate: moment.rate).entries.flatMap { entry in
                switch entry.kind {
                case .weight:
                    [
                        Measurement("weight-norm", place: entry.node, entry.norm),
                        Measurement("effective-rate", place: entry.node, entry.effectiveRate),
                    ]
                case .bias: [Measurement("bias-norm", place: entry.node, entry.norm)]
                case .scale: [Measurement("scale-rms", place: entry.node, entry.rootMeanSquare)]
                case .shift: [Measurement("shift-norm", place: entry.node, entry.norm)]
                }
            }
        }
    }
}
