/// What is done to pixels before a network sees them.
///
/// The kinds are those of the field's introductions, each with its claim worth testing. Fitted on the training set alone by
/// ``fit(to:)``: the test set goes through the map that the training set made.
public enum InputNormalization: Hashable, Sendable {
    /// What statistics are taken over.
    public enum Scope: String, CaseIterable, Sendable {
        /// All values together: one number for the whole set.
        case global
        /// The values of one channel at all pixels.
        case channel
        /// The values of one channel at one pixel: as many numbers as an image has values.
        case feature
    }

    /// The bytes as numbers, 0…255.
    case identity
    /// −0.1 for a byte of 0 to 1.175 for one of 255: the input of LeNet-5, of "roughly" mean 0 and variance 1 on MNIST (LeCun
    /// et al. 1998, §II.B).
    case leNet
    /// x / 255, 0…1.
    case unit
    /// x · factor, such as Caffe's 1/256 for LeNet.
    case scale(factor: Double)
    /// 1 where x / 255 > threshold and 0 elsewhere: the binary input of Ioffe & Szegedy 2015, §4.1.
    case binary(threshold: Double)
    /// lowest + (x − min) · (highest − lowest) / (max − min) with the extremes of the training set, which fills
    /// lowest…highest. Where they are equal the value is 0. Values of the test set outside the extremes leave that range:
    /// nothing is clipped. ``FittedInput/valuesOutside(_:)`` counts them.
    case minMax(Scope, lowest: Double = 0, highest: Double = 1)
    /// (x − mean) / deviation, the deviation with divisor n. Where the training set never varies the value is 0.
    ///
    /// The values do not lie in −1…1, not even mostly: P(|z| ≤ 1) is 0.68 for a normal distribution, and pixels are not
    /// normal. A pixel that hardly ever varies in training gives very large values when it does.
    case zScore(Scope)
    /// (x − mean) / divisor with the mean of the training set over the scope. Caffe's `mean_file` has no divisor: 1.
    case meanSubtraction(Scope, divisor: Double = 255)
    /// x / 10ʲ with the smallest j ≥ 0 that brings the largest magnitude of the training set below 1.
    case decimalScaling
    /// Projections of x / 255 − mean on the principal components, each divided by √(variance + epsilon).
    ///
    /// The result is a flat vector of `components` values, those of the largest variance first; all features where nil. The
    /// sign of a component is such that its largest weight is positive. Epsilon is in units of the variance of x / 255.
    case pcaWhitening(epsilon: Double, components: Int?)
    /// The whitening nearest to the image, U (Λ + epsilon)^−½ Uᵀ (x / 255 − mean): the Cov[x]^−½ (x − E[x]) of Ioffe &
    /// Szegedy 2015, §2. With `components` only the components of the largest variance are kept.
    case zcaWhitening(epsilon: Double, components: Int?)

    /// The word of the kind in a configuration.
    public var kind: String {
        switch self {
        case .identity: "identity"
        case .leNet: "lenet-5"
        case .unit: "unit"
        case .scale: "scale"
        case .binary: "binary"
        case .minMax: "min-max"
        case .zScore: "z-score"
        case .meanSubtraction: "mean-subtraction"
        case .decimalScaling: "decimal-scaling"
        case .pcaWhitening: "pca-whitening"
        case .zcaWhitening: "zca-whitening"
        }
    }

    /// One of each kind with its usual parameters: what tests and documentation go through.
    public static let examples: [InputNormalization] = [
        .identity, .leNet, .unit, .scale(factor: 1.0 / 256), .binary(threshold: 0.5), .minMax(.global),
        .zScore(.global),
        .meanSubtraction(.feature), .decimalScaling, .pcaWhitening(epsilon: 0.01, components: nil),
        .zcaWhitening(epsilon: 0.01, components: nil),
    ]
}
