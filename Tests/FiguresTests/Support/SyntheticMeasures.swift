import Foundation
import Results
import TestSupport

/// What was measured of a synthetic run: `measures.csv` and `shift.csv`.
struct SyntheticMeasures {
    let experiment: SyntheticExperiment
    let arm: SyntheticArm
    let lastStep: Int
    var generator: SeededGenerator

    /// `quantities.csv`: the words for what is measured.
    static let quantities = """
        quantity,title,axis,meaning,kind
        gradient-norm,"Norm of the gradient ‖∇L‖",,,magnitude
        gradient-shift,"Gradient shift ‖G − G′‖",,,magnitude
        gradient-cosine,"cos(G, G′)",,,bounded
        weight-norm,"Norm of the weights ‖W‖",,,magnitude
        singular-value,"Singular value","Rank of the singular value",,magnitude
        loss-minimum,"Lowest loss along the gradient",,,magnitude
        loss-maximum,"Highest loss along the gradient",,,magnitude
        gradient-change-minimum,"Least change of the gradient along it",,,magnitude
        gradient-change-maximum,"Greatest change of the gradient along it",,,magnitude
        smoothness,"Effective β-smoothness max ‖Δ∇L‖ / ‖Δθ‖",,,magnitude
        loss-ratio,"Loss after one step / loss before","Length s of the step θ − s∇L(θ)",,magnitude
        wasserstein,"Wasserstein distance to the observation before (deviations)",,,magnitude
        mean-drift,"Drift of the units' means (deviations)",,,magnitude
        line-point-x,"x of the point","Number of the point",,linear
        line-point-y,"y of the point","Number of the point",,linear
        line-slope,"Slope k of the line","Step of gradient descent",,linear
        line-intercept,"Intercept b of the line","Step of gradient descent",,linear
        line-excess,"Excess loss L − L*","Step of gradient descent",,magnitude
        line-optimum-slope,"Slope of the least squares line",,,linear
        line-optimum-intercept,"Intercept of the least squares line",,,linear
        line-hessian-slope,"Second moment E x²",,,magnitude
        line-hessian-cross,"Mean E x",,,linear
        line-condition,"Condition number of the Hessian",,,magnitude
        line-converged,"Whether the descent converged",,,linear

        """

    static let header = "step,quantity,place,at,value\n"

    /// Lengths of steps along the gradient.
    static let lengths = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]

    private var diverged: Bool { lastStep < experiment.steps }

    func files() -> [(name: String, text: String)] {
        var random = generator
        var (measures, shift) = (Self.header, Self.header)
        let steps = Array(stride(from: 0, through: lastStep, by: experiment.observeEvery))
        for (index, step) in steps.enumerated() {
            let age = Double(step) / Double(experiment.steps)
            // A run that diverges is measured until its numbers are none.
            let isLost = diverged && index == steps.count - 1 && index > 0
            func noise(_ deviation: Double) -> Double { exp(deviation * random.normal()) }
            func row(_ quantity: String, _ place: String, _ at: Double? = nil, _ value: Double) -> String {
                let number = isLost ? "nan" : "\(Float(value))"
                return "\(step),\(quantity),\(place),\(at.map { "\($0)" } ?? ""),\(number)\n"
            }
            for (depth, layer) in experiment.layers.enumerated() {
                let deep = Double(depth)
                let shrink = arm.normalizes ? 1 : pow(0.35, Double(experiment.layers.count - 1 - depth))
                let gradient = 0.9 * shrink * exp(-2 * age) * noise(0.2)
                let relative = (arm.normalizes ? 0.35 : 0.12) * (0.2 + deep) * noise(0.25)
                measures += row("gradient-norm", layer, nil, gradient)
                measures += row("gradient-shift", layer, nil, gradient * relative)
                measures += row("gradient-cosine", layer, nil, 1 - min(0.9, relative * relative / 2))
                measures += row(
                    "weight-norm", "\(layer)/weight", nil,
                    8 + deep + (arm.normalizes ? 1 : 5) * age.squareRoot() * noise(0.02))
                if index == 0 || index == steps.count - 1 {
                    for value in 1...experiment.units {
                        let place = Double(value - 1) / Double(experiment.units)
                        let decay = (arm.normalizes ? 2.0 : 5) * (0.5 + age)
                        measures += row(
                            "singular-value", layer, Double(value), (1.6 + deep) * exp(-decay * place) * noise(0.03))
                    }
                }
            }
            if index == 0 { measures += lineFit() }
            let loss = -2 * log(min(0.995, arm.accuracy(at: max(1, step), of: experiment.steps)))
            let rough = (arm.normalizes ? 0.15 : 1.6) * noise(0.25)
            measures += row("loss-minimum", "", nil, loss * (1 - 0.1 * noise(0.2)))
            measures += row("loss-maximum", "", nil, loss * (1.05 + rough))
            measures += row("gradient-change-minimum", "", nil, 0.06 * rough * exp(-age))
            measures += row("gradient-change-maximum", "", nil, 1.9 * rough * exp(-age) * noise(0.2))
            measures += row("smoothness", "", nil, 24 * rough * exp(-age) * noise(0.3))
            for length in Self.lengths {
                let curvature = (arm.normalizes ? 0.004 : 0.09) * noise(0.1)
                measures += row("loss-ratio", "", length, max(0.02, 1 - 0.08 * length + curvature * length * length))
            }
            guard index > 0 else { continue }
            for (depth, layer) in experiment.layers.enumerated() {
                let growth = arm.normalizes ? 1 : 1 + 1.8 * Double(depth)
                let moved = 0.25 * growth * exp(-4 * age) * noise(0.2) + 0.008 * growth
                shift += row("wasserstein", "\(layer)/activation-input", nil, moved)
                shift += row("mean-drift", "\(layer)/activation-input", nil, 0.7 * moved)
            }
        }
        return [("measures.csv", measures), ("shift.csv", shift)]
    }

    /// A line y = x/2 fitted to nine points around it, from another start a seed; the Hessian is that of x = 0, 1, …, 8.
    private func lineFit() -> String {
        var random = generator
        let offset = 0.3 * random.normal()
        var rows = ""
        func row(_ quantity: String, _ at: Int?, _ value: Double) {
            rows += "0,line-\(quantity),,\(at.map { "\($0).0" } ?? ""),\(value)\n"
        }
        for point in 0...8 {
            row("point-x", point, Double(point))
            row("point-y", point, Double(point) / 2 + (point % 2 == 0 ? 0.4 : -0.4))
        }
        for step in 0...(arm.normalizes ? 12 : 40) {
            let left = pow(arm.normalizes ? 0.5 : 0.9, Double(step))
            row("slope", step, 0.5 - 0.4 * left)
            row("intercept", step, (0.7 + offset) * left)
            row("excess", step, 2.4 * left * left)
        }
        row("optimum-slope", nil, 0.5)
        row("optimum-intercept", nil, 0)
        row("hessian-slope", nil, 204.0 / 9)
        row("hessian-cross", nil, 4)
        row("condition", nil, arm.normalizes ? 1.5 : 83)
        row("converged", nil, arm.normalizes ? 1 : 0)
        return rows
    }
}
