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
        let ends = [" (", " to the ", " ‖", " max ", " η"].compactMap { title.firstRange(of: $0)?.lowerBound }
        return String(title[..<(ends.min() ?? title.endIndex)])
    }

    /// The quantities that have words of their own.
    static var known: [String] { table.keys.sorted() }

    private static let stepLength = "Step length s in θ − s∇L"
    private static let factor = "Factor on the weights"
    private static let depth = "Depth in products"

    private static let table: [String: QuantityWords] = [
        // Santurkar et al. 2018: Definition 2.1 and Figure 4.
        "gradient-shift": QuantityWords(title: "Gradient shift ‖G − G′‖"),
        "relative-gradient-shift": QuantityWords(title: "Relative gradient shift ‖G − G′‖ / ‖G‖"),
        "gradient-cosine": QuantityWords(title: "cos(G, G′)", isMagnitude: false, isBounded: true),
        "loss": QuantityWords(title: "Loss (nats)", axis: stepLength),
        "loss-minimum": QuantityWords(title: "Lowest loss along the gradient (nats)"),
        "loss-maximum": QuantityWords(title: "Highest loss along the gradient (nats)"),
        "loss-ratio": QuantityWords(title: "Loss after one step / loss before", axis: stepLength),
        "gradient-change": QuantityWords(title: "Change of the gradient ‖∇L(θ) − ∇L(θ + Δθ)‖", axis: stepLength),
        "gradient-change-minimum": QuantityWords(title: "Least change of the gradient along it"),
        "gradient-change-maximum": QuantityWords(title: "Greatest change of the gradient along it"),
        "smoothness": QuantityWords(title: "Effective β-smoothness max ‖Δ∇L‖ / ‖Δθ‖", axis: stepLength),
        // Weights, their gradients and their rates.
        "weight-norm": QuantityWords(title: "Norm of the weights ‖W‖"),
        "bias-norm": QuantityWords(title: "Norm of the biases ‖b‖"),
        "effective-rate": QuantityWords(title: "Effective learning rate η / ‖W‖²"),
        "gradient-norm": QuantityWords(title: "Norm of the gradient ‖∇L‖"),
        "gradient-autocorrelation": QuantityWords(
            title: "Autocorrelation of the gradient", axis: "Lag (training steps)", isMagnitude: false,
            isBounded: true),
        "singular-value": QuantityWords(title: "Singular value", axis: "Index of the singular value"),
        // How far distributions move.
        "wasserstein": QuantityWords(title: "Wasserstein distance to the observation before"),
        "wasserstein-to-end": QuantityWords(title: "Wasserstein distance to the end of training"),
        "kolmogorov-smirnov": QuantityWords(
            title: "Kolmogorov–Smirnov distance to the observation before", isMagnitude: false, isBounded: true),
        "mean-drift": QuantityWords(title: "Drift of the mean"),
        "deviation-drift": QuantityWords(title: "Drift of the standard deviation"),
        "quantile-drift": QuantityWords(title: "Drift of the percentiles"),
        // Layers over the depth.
        "squared-gradient-norm": QuantityWords(title: "Squared gradient by a hidden value", axis: depth),
        "channel-squared-mean": QuantityWords(title: "Squared mean of the channels", axis: depth),
        "channel-variance": QuantityWords(title: "Variance of the channels", axis: depth),
        // Ioffe & Szegedy 2015, §3.3: what a factor on a layer's weights changes.
        "rescaled-output-change": QuantityWords(title: "Relative change of the outputs", axis: factor),
        "rescaled-loss-change": QuantityWords(title: "Relative change of the loss", axis: factor),
        "rescaled-input-gradient-change": QuantityWords(
            title: "Relative change of the gradient by the layer’s input", axis: factor),
        "rescaled-gradient-ratio": QuantityWords(
            title: "Weights’ gradient, times the factor, over that before", axis: factor),
        "weight-gradient-cosine": QuantityWords(title: "cos(W, ∂L/∂W)", axis: factor, isMagnitude: false),
    ]
}
