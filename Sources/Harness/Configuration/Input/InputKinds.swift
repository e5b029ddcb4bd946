import Datasets
import Engine
import Vocabulary

/// x / 255.
struct UnitInput: InputDeclaration {
    static let kind = "unit"
    static let summary = "Pixels divided by 255: from 0 to 1."
    static let fields: [Field<Self>] = []

    var normalization: InputNormalization { .unit }
}

/// The bytes as they are.
struct IdentityInput: InputDeclaration {
    static let kind = "identity"
    static let summary = "Pixels as they are: from 0 to 255."
    static let fields: [Field<Self>] = []

    var normalization: InputNormalization { .identity }
}

/// −0.1 to 1.175.
struct LeNetInput: InputDeclaration {
    static let kind = "lenet-5"
    static let summary =
        "−0.1 for black to 1.175 for white: roughly mean 0 and variance 1 on MNIST (LeCun et al. 1998, §II.B)."
    static let fields: [Field<Self>] = []

    var normalization: InputNormalization { .leNet }
}

/// x · factor.
struct ScaleInput: InputDeclaration {
    /// The factor.
    var factor = 1.0 / 256

    static let kind = "scale"
    static let summary = "Pixels times a factor; Caffe's LeNet uses 1/256."
    static let fields: [Field<Self>] = [
        Field("factor", \.factor, 1e-9...1e9, "The factor; 0.00390625 is 1/256.")
    ]

    var normalization: InputNormalization { .scale(factor: factor) }
}

/// 1 above a threshold, 0 elsewhere.
struct BinaryInput: InputDeclaration {
    /// The threshold, of pixels from 0 to 1.
    var threshold = 0.5

    static let kind = "binary"
    static let summary = "1 where a pixel is above a threshold, 0 elsewhere: Ioffe & Szegedy 2015, §4.1."
    static let fields: [Field<Self>] = [
        Field(
            "threshold", \.threshold, 0...1, "The threshold, of pixels from 0 to 1; the paper does not state its own.")
    ]

    var normalization: InputNormalization { .binary(threshold: threshold) }
}

/// (x − min) / (max − min), or the same stretched to another range.
struct MinMaxInput: InputDeclaration {
    /// What the extremes are taken over.
    var scope = InputNormalization.Scope.global
    /// Where values go.
    var range = Range.unit

    /// Where the training set's values go.
    enum Range: String, ConfigurationWord {
        /// 0…1.
        case unit
        /// −1…1.
        case symmetric
    }

    static let kind = "min-max"
    static let summary = "(x − min) / (max − min), with the extremes of the training set."
    static let fields: [Field<Self>] = [
        Field("scope", \.scope, scopeDocumentation),
        Field(
            "range", \.range,
            "Where the training set's values go: `unit`, 0 to 1, or `symmetric`, −1 to 1. Others are not clipped."),
    ]

    var normalization: InputNormalization { .minMax(scope, lowest: range == .unit ? 0 : -1, highest: 1) }
}

/// (x − mean) / deviation.
struct StandardScoreInput: InputDeclaration {
    /// What the statistics are taken over.
    var scope = InputNormalization.Scope.global

    static let kind = "z-score"
    static let summary = "(x − mean) / deviation, with the statistics of the training set."
    static let fields: [Field<Self>] = [Field("scope", \.scope, scopeDocumentation)]

    var normalization: InputNormalization { .zScore(scope) }
}

/// (x − mean) / divisor.
struct MeanSubtractionInput: InputDeclaration {
    /// What the mean is taken over.
    var scope = InputNormalization.Scope.feature
    /// What the differences are divided by.
    var divisor = 255.0

    static let kind = "mean-subtraction"
    static let summary = "(x − mean) / divisor, with the mean of the training set."
    static let fields: [Field<Self>] = [
        Field("scope", \.scope, scopeDocumentation),
        Field("divisor", \.divisor, 1e-9...1e9, "What the differences are divided by; 1 is Caffe's mean file."),
    ]

    var normalization: InputNormalization { .meanSubtraction(scope, divisor: divisor) }
}

/// x / 10ʲ.
struct DecimalScalingInput: InputDeclaration {
    static let kind = "decimal-scaling"
    static let summary = "Pixels divided by the least power of ten that brings all magnitudes below 1."
    static let fields: [Field<Self>] = []

    var normalization: InputNormalization { .decimalScaling }
}

private let scopeDocumentation = """
    What statistics are taken over: `global`, one number for the set; `channel`; or `feature`, one for each pixel and channel.
    """
