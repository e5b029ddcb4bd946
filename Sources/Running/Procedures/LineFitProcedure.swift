import Engine
import Results
import Vocabulary

/// A line is fitted to a cloud of points by gradient descent: see ``LineLoss`` and ``LineDescent``.
struct LineFitProcedure: MeasuredOnce {
    var transform = PointTransform.raw
    var rate = Rate.optimal
    var points = 200
    var centerX = 4.0
    var centerY = 3.0
    var deviationX = 2.0
    var deviationY = 1.5
    var correlation = 0.9
    var start = 0.1
    var tolerance = 1e-6
    var stepsLimit = 100_000

    enum Rate: String, ConfigurationWord {
        /// The best for the Hessian of the transformed cloud.
        case optimal
        /// One that is the same for all transforms.
        case common
    }

    static let kind = "line-fit"
    static let summary = """
        A line y = kx + b, fitted to a cloud of points by gradient descent on the mean of ½(kx + b − y)², with a Hessian of \
        which everything is known. It is no part of the run's network: cloud and start are drawn from the run's seed.
        """
    static let fields: [Field<Self>] = [
        Field("transform", \.transform, "What is done to both coordinates of the points before."),
        Field(
            "rate", \.rate,
            """
            The learning rate: `optimal` is 2/(λ₁ + λ₂) of the Hessian's eigenvalues, `common` 1/λ₁ of the raw cloud's Hessian \
            for all transforms.
            """),
        Field("points", \.points, 3...100_000, "How many points there are."),
        Field("center-x", \.centerX, -1000...1000, "The mean of the distribution that they are drawn from, along x."),
        Field("center-y", \.centerY, -1000...1000, "The same along y."),
        Field("deviation-x", \.deviationX, 0.01...1000, "Its standard deviation along x."),
        Field("deviation-y", \.deviationY, 0.01...1000, "The same along y."),
        Field("correlation", \.correlation, -0.9999...0.9999, "The correlation of the two."),
        Field(
            "start", \.start, 0...1e6,
            "The standard deviation of the slope and the intercept that the descent starts from; their mean is 0."),
        Field(
            "tolerance", \.tolerance, 1e-12...0.5,
            "The descent has converged when the loss is above the least one by at most this part of what it was at the start."
        ),
        Field("steps-limit", \.stepsLimit, 1...1_000_000, "The most steps that it makes."),
    ]
    private static let descentStep = "Step of gradient descent"
    private static let point = "Number of the point"
    static let quantities = [
        Quantity(
            "line-point-x", "x of the point", axis: point, .linear,
            meaning: "x of the transformed point number `at`, from 0"),
        Quantity("line-point-y", "y of the point", axis: point, .linear, meaning: "y of the same"),
        Quantity(
            "line-slope", "Slope k of the line", axis: descentStep, .linear,
            meaning: "the slope k after `at` steps of the descent; of more than 200 steps some are left out"),
        Quantity(
            "line-intercept", "Intercept b of the line", axis: descentStep, .linear,
            meaning: "the intercept b after `at` steps, the same ones"),
        Quantity(
            "line-excess", "Excess loss L − L*", axis: descentStep,
            meaning: "the loss after `at` steps, less the least loss"),
        Quantity(
            "line-relative-excess", "Excess loss / excess at the start", axis: descentStep,
            meaning: "the same, divided by that at the start; 0 where less than 10⁻¹⁵ is left, which is rounding"),
        Quantity(
            "line-relative-excess-predicted", "The same, predicted", axis: descentStep,
            meaning: "the contraction that is predicted to the power of `at`; 0 where less than 10⁻¹⁵ is left"),
        Quantity(
            "line-hessian-slope", "Second moment E x²",
            meaning: "E x², the Hessian's entry of the slope; that of the intercept is 1"),
        Quantity("line-hessian-cross", "Mean E x", .linear, meaning: "E x, its entry of slope and intercept"),
        Quantity(
            "line-eigenvalue-largest", "Largest eigenvalue of the Hessian",
            meaning: "the Hessian's larger eigenvalue λ₁"),
        Quantity(
            "line-eigenvalue-smallest", "Smallest eigenvalue of the Hessian", meaning: "its smaller eigenvalue λ₂"),
        Quantity("line-condition", "Condition number of the Hessian", meaning: "its condition number κ = λ₁/λ₂"),
        Quantity(
            "line-optimum-slope", "Slope of the least squares line", .linear,
            meaning: "the slope of the least squares line"),
        Quantity("line-optimum-intercept", "Intercept of the least squares line", .linear, meaning: "its intercept"),
        Quantity("line-loss-optimum", "Least loss L*", meaning: "its loss, the least one"),
        Quantity(
            "line-start-excess", "Excess loss at the start / least loss",
            meaning:
                "the loss above the least one at the start, divided by the least: how far the first line is from the best"
        ),
        Quantity("line-rate", "Learning rate η", meaning: "the learning rate η"),
        Quantity(
            "line-steps", "Steps to converge",
            meaning: "the steps until the descent has converged; of one that has not, the limit"),
        Quantity(
            "line-steps-predicted", "Predicted steps to converge",
            meaning: "the steps after which the predicted contraction is down to the tolerance, at most the limit"),
        Quantity(
            "line-converged", "Whether the descent converged", .linear,
            meaning: "1 where the descent has converged, 0 where it has not"),
        Quantity(
            "line-contraction", "Contraction of the excess loss a step", .linear,
            meaning:
                "the factor by which a step changes the loss above the least: the last step of a descent that goes on, up to the "
                + "limit, until 10⁻¹⁶ of the start's is left, and only the slowest direction counts; none where no step is made"
        ),
        Quantity(
            "line-contraction-predicted", "Predicted contraction of the excess loss a step", .linear,
            meaning: "max (1 − ηλ)², the worst case a step; at the optimal rate ((κ − 1)/(κ + 1))²"),
        Quantity(
            "line-contraction-ratio", "Contraction, measured / predicted", .linear,
            meaning: "measured divided by predicted; none where a step is predicted to leave less than 10⁻¹⁵"),
    ]

    /// What is less than this part of the start is rounding.
    static let rounding = 1e-15
    /// Where this part of the start is left, fast directions have vanished beside slow ones, and digits enough are right.
    static let asymptotic = 1e-16

    func measurements(of subject: MeasuredRun) -> [Measurement] { measurements(seed: subject.seed) }

    func measurements(seed: UInt64) -> [Measurement] {
        let raw = PointCloud(
            count: points, center: [centerX, centerY], deviations: [deviationX, deviationY], correlation: correlation,
            seed: seed)
        let cloud = raw.mapped(by: transform.map(fittedTo: raw))
        let loss = LineLoss(cloud)
        let rate = self.rate == .optimal ? loss.bestRate : 1 / LineLoss(raw).hessian.largest
        let descent = LineDescent(
            loss, from: LineLoss.start(deviation: start, seed: seed), rate: rate, tolerance: tolerance,
            limit: stepsLimit)
        return cloud.points.enumerated().flatMap { index, point in
            [
                Measurement("line-point-x", at: Double(index), point.x),
                Measurement("line-point-y", at: Double(index), point.y),
            ]
        } + path(descent, contraction: loss.contraction(rate: rate)) + quadratic(loss)
            + convergence(descent, loss, rate: rate)
    }

    private func path(_ descent: LineDescent, contraction: Double) -> [Measurement] {
        let first = descent.excesses[0]
        func share(_ value: Double) -> Double { value < Self.rounding ? 0 : value }
        var (predicted, made) = (1.0, 0)
        return LineDescent.shown(upTo: descent.steps).flatMap { step in
            while made < step {
                predicted *= contraction
                made += 1
            }
            let (line, excess, at) = (descent.lines[step], descent.excesses[step], Double(step))
            return [
                Measurement("line-slope", at: at, line.x), Measurement("line-intercept", at: at, line.y),
                Measurement("line-excess", at: at, excess),
                Measurement("line-relative-excess", at: at, share(excess / first)),
                Measurement("line-relative-excess-predicted", at: at, share(predicted)),
            ]
        }
    }

    private func quadratic(_ loss: LineLoss) -> [Measurement] {
        [
            Measurement("line-hessian-slope", loss.hessian.a), Measurement("line-hessian-cross", loss.hessian.b),
            Measurement("line-eigenvalue-largest", loss.hessian.largest),
            Measurement("line-eigenvalue-smallest", loss.hessian.smallest),
            Measurement("line-condition", loss.condition),
            Measurement("line-optimum-slope", loss.optimum.x), Measurement("line-optimum-intercept", loss.optimum.y),
            Measurement("line-loss-optimum", loss.least),
        ]
    }

    private func convergence(_ descent: LineDescent, _ loss: LineLoss, rate: Double) -> [Measurement] {
        let predicted = loss.contraction(rate: rate)
        let steps = LineDescent.steps(contraction: predicted, tolerance: tolerance, limit: stepsLimit)
        var rows = [
            Measurement("line-start-excess", descent.excesses[0] / loss.least),
            Measurement("line-rate", rate),
            Measurement("line-steps", Double(descent.isConverged ? descent.steps : stepsLimit)),
            Measurement("line-steps-predicted", Double(steps)),
            Measurement("line-converged", descent.isConverged ? 1 : 0),
            Measurement("line-contraction-predicted", predicted),
        ]
        let further = LineDescent(
            loss, from: descent.lines[0], rate: rate, tolerance: Self.asymptotic, limit: stepsLimit)
        if let measured = further.lastContraction {
            rows.append(Measurement("line-contraction", measured))
            if predicted >= Self.rounding { rows.append(Measurement("line-contraction-ratio", measured / predicted)) }
        }
        return rows
    }
}
