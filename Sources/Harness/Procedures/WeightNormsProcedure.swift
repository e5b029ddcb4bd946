import Engine
import Vocabulary

/// How large weights, biases and scales are: see ``Engine/WeightNorms``.
struct WeightNormsProcedure: Procedure {
    var every = 50

    static let kind = "weight-norms"
    static let summary =
        "Norms of weights, biases, γ and β, and the rate at which a weight's direction turns (van Laarhoven 2017)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    static let quantities = [
        Quantity(name: "weight-norm", meaning: "‖W‖₂ of all elements of the place's weight"),
        Quantity(
            name: "effective-rate", meaning: "η/‖W‖₂², η the rate of the next update with the weight's own factor"),
        Quantity(name: "bias-norm", meaning: "‖b‖₂ of the place's bias"),
        Quantity(name: "scale-rms", meaning: "the root of the mean square of the place's γ"),
        Quantity(name: "shift-norm", meaning: "‖β‖₂ of the place's β"),
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
