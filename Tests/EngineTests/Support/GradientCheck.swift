@testable import Engine

/// Compares a backward pass with central differences of a reference in double precision.
///
/// The upstream gradient and the parameters are random: with ones, or with the gradient of Σy², the gradient of a batch
/// normalization lies in its null space, and wrong backward passes go unnoticed.
struct GradientCheck {
    let reference: Reference
    let inputs: [Maps]
    let parameters: [[Double]]
    let upstream: [Double]

    /// The largest error allowed, as a share of the largest true value.
    static let tolerance = 1e-4

    /// The loss Σ upstream · output, whose gradients are checked.
    private func loss(_ inputs: [Maps], _ parameters: [[Double]]) -> Double {
        let function = reference.differentiated?(self.inputs) ?? reference.forward
        return zip(function(inputs, parameters).values, upstream).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The derivative of a function of one number by central differences, corrected once (Richardson).
    private func derivative(_ function: (Double) -> Double) -> Double {
        func difference(_ step: Double) -> Double { (function(step) - function(-step)) / (2 * step) }
        let step = 1e-4
        return (4 * difference(step / 2) - difference(step)) / 3
    }

    var inputGradients: [[Double]] {
        inputs.indices.map { input in
            inputs[input].values.indices.map { index in
                derivative { change in
                    var changed = inputs
                    changed[input].values[index] += change
                    return loss(changed, parameters)
                }
            }
        }
    }

    var parameterGradients: [[Double]] {
        parameters.indices.map { parameter in
            parameters[parameter].indices.map { index in
                derivative { change in
                    var changed = parameters
                    changed[parameter][index] += change
                    return loss(inputs, changed)
                }
            }
        }
    }

    var output: [Double] { reference.forward(inputs, parameters).values }

    /// What is wrong with a result: empty if it is right.
    func objections(to result: LayerBench.Result) -> [String] {
        var found = Self.objection("output", result.output, output)
        for (index, gradient) in inputGradients.enumerated() {
            found += Self.objection("gradient by input \(index)", result.inputGradients[index], gradient)
        }
        for (index, gradient) in parameterGradients.enumerated() {
            found += Self.objection("gradient by parameter \(index)", result.parameterGradients[index], gradient)
        }
        return found
    }

    static func objection(_ what: String, _ found: [Float], _ expected: [Double]) -> [String] {
        guard found.count == expected.count else { return ["\(what): \(found.count) values, not \(expected.count)"] }
        let scale = expected.map(abs).max() ?? 0
        var worst = 0.0
        for (found, expected) in zip(found, expected) {
            let error = abs(Double(found) - expected)
            // A NaN is the worst error, not none.
            worst = error.isNaN ? .infinity : max(worst, error)
        }
        return worst <= tolerance * scale ? [] : ["\(what): error \(worst) at a scale of \(scale)"]
    }
}
