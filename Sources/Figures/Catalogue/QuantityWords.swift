/// What a measured quantity means to a reader: the words for its axes.
struct QuantityWords: Sendable {
    /// What it is, with its formula and unit; begins with a capital letter unless with a formula.
    let title: String
    /// What its own axis (`at`) measures.
    var axis = "At"
    /// Whether ratios of its values mean something and no value is special but zero: its axis may become logarithmic unasked.
    /// Cosines, correlations and signed quantities are not of this sort.
    var isMagnitude = true
    /// Whether its values have bounds that mean something, as those of cosines: panels beside each other then share an axis even
    /// where curves lie flat, for that is what they say.
    var isBounded = false

    /// The words for a quantity; of one that is not in the table its own, without hyphens.
    static func words(_ quantity: String) -> QuantityWords {
        if let known = table[quantity] { return known }
        let plain = quantity.replacing("-", with: " ")
        return QuantityWords(title: "\(plain.prefix(1).uppercased())\(plain.dropFirst())", isMagnitude: false)
    }

    /// The title without what stands in brackets at its end: for a heading.
    var heading: String {
        guard title.hasSuffix(")"), let bracket = title.lastIndex(of: "("), bracket > title.startIndex else {
            return title
        }
        let text = title[..<bracket]
        return text.last == " " ? String(text.dropLast()) : title
    }

    /// The first words of the title, without formula and explanation: for a colour bar.
    var short: String {
        let ends = [" (", " to the ", " ‖", " |", " max ", " η", ", "].compactMap {
            title.firstRange(of: $0)?.lowerBound
        }
        // The comma of cos(G, G′) is none between words.
        let outside = ends.filter { !title[..<$0].contains("(") }
        return String(title[..<(outside.min() ?? title.endIndex)])
    }

    /// The quantities that have words of their own.
    static var known: [String] { table.keys.sorted() }

    private static let stepLength = "Length s of the step θ − s∇L(θ)"
    private static let depth = "Depth, in products from the input"
    private static let factor = "Factor a of the weight"
    private static let features = "Features of the layer"
    private static let lag = "Distance, in points of the line"
    private static let descentStep = "Step of gradient descent"
    private static let point = "Number of the point"

    private static let table: [String: QuantityWords] = [
        // The input after its normalization.
        "input-mean": QuantityWords(title: "Mean of the input", isMagnitude: false),
        "input-deviation": QuantityWords(title: "Standard deviation of the input"),
        "input-minimum": QuantityWords(title: "Smallest value of the input", isMagnitude: false),
        "input-maximum": QuantityWords(title: "Largest value of the input", isMagnitude: false),
        "input-share-within-one": QuantityWords(title: "Share of input values in −1…1", isMagnitude: false),
        "input-skewness": QuantityWords(title: "Skewness of the input", isMagnitude: false),
        "input-excess-kurtosis": QuantityWords(title: "Excess kurtosis of the input", isMagnitude: false),
        "input-share-outside": QuantityWords(
            title: "Share of test values outside the training set's range", isMagnitude: false),
        "input-covariance-eigenvalue": QuantityWords(title: "Eigenvalue of the input's covariance", axis: "Rank"),
        "input-covariance-ratio": QuantityWords(title: "Largest eigenvalue / that of the rank", axis: "Rank"),
        "input-covariance-condition": QuantityWords(title: "Condition number of the input's covariance"),
        "input-covariance-directions": QuantityWords(title: "Effective number of directions (Σλ)²/Σλ²"),
        "input-moment-condition": QuantityWords(title: "Condition number of the second moments (with a constant)"),
        // Data that changed after training.
        "new-data-accuracy": QuantityWords(
            title: "Test accuracy after the change", axis: "Size of the change", isMagnitude: false),
        "new-data-accuracy-lost": QuantityWords(
            title: "Test accuracy lost", axis: "Size of the change", isMagnitude: false),
        "new-data-share-outside": QuantityWords(
            title: "Share of test values outside the training set's range", axis: "Size of the change",
            isMagnitude: false),
        // Times: of multiplications, and of decorrelating against normalizing.
        "multiplication-throughput": QuantityWords(title: "Multiplications a second (billions)"),
        "multiplication-throughput-spread": QuantityWords(title: "Spread of the times (p90 − p10) / median"),
        "multiplication-time-ratio": QuantityWords(title: "Time of a multiplication / time with operands in 1…2"),
        "multiplication-time-ratio-to-thousands": QuantityWords(
            title: "Time with operands in −1…1 / time with operands in 10³…10⁴"),
        "decorrelation-time": QuantityWords(title: "Time of decorrelating (milliseconds)", axis: features),
        "normalization-time": QuantityWords(title: "Time of normalizing (milliseconds)", axis: features),
        "decorrelation-cost-ratio": QuantityWords(title: "Time of decorrelating / time of normalizing", axis: features),
        "decorrelation-operations": QuantityWords(title: "Multiplications of decorrelating", axis: features),
        "decorrelation-rank-deficiency": QuantityWords(
            title: "Share of the covariance's eigenvalues that are zero", axis: features, isMagnitude: false,
            isBounded: true),
        // Santurkar et al. 2018: Definition 2.1 and Figure 4.
        "gradient-shift": QuantityWords(title: "Gradient shift ‖G − G′‖"),
        "relative-gradient-shift": QuantityWords(title: "Relative gradient shift ‖G − G′‖ / ‖G‖"),
        "gradient-cosine": cosine("cos(G, G′)"),
        "loss": QuantityWords(title: "Loss after a step", axis: stepLength),
        "loss-ratio": QuantityWords(title: "Loss after one step / loss before", axis: stepLength),
        "loss-minimum": QuantityWords(title: "Lowest loss along the gradient"),
        "loss-maximum": QuantityWords(title: "Highest loss along the gradient"),
        "loss-range": QuantityWords(title: "Range of the loss along the gradient"),
        "gradient-change": QuantityWords(title: "Change of the gradient ‖∇L(θ) − ∇L(θ + Δθ)‖", axis: stepLength),
        "gradient-change-minimum": QuantityWords(title: "Least change of the gradient along it"),
        "gradient-change-maximum": QuantityWords(title: "Greatest change of the gradient along it"),
        "smoothness": QuantityWords(title: "Effective β-smoothness max ‖Δ∇L‖ / ‖Δθ‖"),
        "divergence-length": QuantityWords(title: "Length of step at which the loss grows a thousandfold"),
        // Weights, their gradients and their rates.
        "weight-norm": QuantityWords(title: "Norm of the weights ‖W‖"),
        "bias-norm": QuantityWords(title: "Norm of the biases ‖b‖"),
        "scale-rms": QuantityWords(title: "Root mean square of γ"),
        "shift-norm": QuantityWords(title: "Norm of the shifts ‖β‖"),
        "effective-rate": QuantityWords(title: "Effective learning rate η / ‖W‖²"),
        "gradient-norm": QuantityWords(title: "Norm of the gradient ‖∇L‖"),
        "weight-gradient-cosine": cosine("cos(W, ∂L/∂W)", axis: factor),
        "rescaled-output-change": QuantityWords(title: "Change of the output ‖y(a) − y(1)‖ / ‖y(1)‖", axis: factor),
        "rescaled-loss-change": QuantityWords(title: "Change of the loss |L(a) − L(1)| / L(1)", axis: factor),
        "rescaled-input-gradient-change": QuantityWords(
            title: "Change of the gradient by the layer's input, relative", axis: factor),
        "rescaled-gradient-ratio": QuantityWords(title: "a ‖∂L/∂W(a)‖ / ‖∂L/∂W(1)‖", axis: factor),
        // How signals and gradients go through the layers.
        "singular-value": QuantityWords(title: "Singular value", axis: "Rank of the singular value"),
        "singular-value-largest": QuantityWords(title: "Largest singular value"),
        "singular-value-median": QuantityWords(title: "Median singular value"),
        "singular-value-smallest": QuantityWords(title: "Smallest singular value"),
        "singular-value-rms": QuantityWords(title: "Root mean square of the singular values"),
        "singular-values-near-one": share("Share of singular values between 1/2 and 2"),
        "channel-variance": QuantityWords(title: "Variance σ² of the channels, mean", axis: depth),
        "channel-squared-mean": QuantityWords(title: "Squared mean μ² of the channels, mean", axis: depth),
        "channel-variance-growth": QuantityWords(title: "Growth of log σ² a layer", isMagnitude: false),
        "channel-squared-mean-growth": QuantityWords(title: "Growth of log μ² a layer", isMagnitude: false),
        "squared-gradient-norm": QuantityWords(title: "Squared gradient by a unit, mean", axis: depth),
        "gradient-growth": QuantityWords(title: "Growth of the log squared gradient a layer", isMagnitude: false),
        "gradient-autocorrelation": cosine("Autocorrelation of the gradient", axis: lag),
        "gradient-autocorrelation-around-mean": cosine(
            "Autocorrelation of the gradient, its mean subtracted", axis: lag),
        // A line fitted to a cloud of points.
        "line-point-x": QuantityWords(title: "x of the point", axis: point, isMagnitude: false),
        "line-point-y": QuantityWords(title: "y of the point", axis: point, isMagnitude: false),
        "line-slope": QuantityWords(title: "Slope k of the line", axis: descentStep, isMagnitude: false),
        "line-intercept": QuantityWords(title: "Intercept b of the line", axis: descentStep, isMagnitude: false),
        "line-excess": QuantityWords(title: "Excess loss L − L*", axis: descentStep),
        "line-relative-excess": QuantityWords(title: "Excess loss / excess at the start", axis: descentStep),
        "line-relative-excess-predicted": QuantityWords(title: "The same, predicted", axis: descentStep),
        "line-hessian-slope": QuantityWords(title: "Second moment E x²"),
        "line-hessian-cross": QuantityWords(title: "Mean E x", isMagnitude: false),
        "line-eigenvalue-largest": QuantityWords(title: "Largest eigenvalue of the Hessian"),
        "line-eigenvalue-smallest": QuantityWords(title: "Smallest eigenvalue of the Hessian"),
        "line-condition": QuantityWords(title: "Condition number of the Hessian"),
        "line-optimum-slope": QuantityWords(title: "Slope of the least squares line", isMagnitude: false),
        "line-optimum-intercept": QuantityWords(title: "Intercept of the least squares line", isMagnitude: false),
        "line-loss-optimum": QuantityWords(title: "Least loss L*"),
        "line-start-excess": QuantityWords(title: "Excess loss at the start / least loss"),
        "line-rate": QuantityWords(title: "Learning rate η"),
        "line-steps": QuantityWords(title: "Steps to converge"),
        "line-steps-predicted": QuantityWords(title: "Predicted steps to converge"),
        "line-converged": QuantityWords(title: "Whether the descent converged", isMagnitude: false),
        "line-contraction": QuantityWords(title: "Contraction of the excess loss a step", isMagnitude: false),
        "line-contraction-predicted": QuantityWords(
            title: "Predicted contraction of the excess loss a step", isMagnitude: false),
        "line-contraction-ratio": QuantityWords(title: "Contraction, measured / predicted", isMagnitude: false),
        // How far distributions move, in standard deviations.
        "wasserstein": QuantityWords(title: "Wasserstein distance to the observation before (deviations)"),
        "wasserstein-to-end": QuantityWords(title: "Wasserstein distance to the end of training (deviations)"),
        "kolmogorov-smirnov": share("Kolmogorov–Smirnov distance to the observation before"),
        "kolmogorov-smirnov-to-end": share("Kolmogorov–Smirnov distance to the end of training"),
        "mean-drift": QuantityWords(title: "Drift of the units' means (deviations)"),
        "deviation-drift": QuantityWords(title: "Drift of the units' deviations (deviations)"),
        "quantile-drift": QuantityWords(title: "Drift of the units' percentiles (deviations)"),
    ]

    /// A cosine or a correlation, from −1 to 1.
    private static func cosine(_ title: String, axis: String = "At") -> QuantityWords {
        QuantityWords(title: title, axis: axis, isMagnitude: false, isBounded: true)
    }

    /// A share or a difference of shares, from 0 to 1.
    private static func share(_ title: String) -> QuantityWords {
        QuantityWords(title: title, isMagnitude: false, isBounded: true)
    }
}
