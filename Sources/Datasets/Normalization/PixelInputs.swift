import Vocabulary

// Maps of one pixel's value that take nothing from the training set.

/// x / 255: from 0 to 1.
public struct UnitInput: InputNormalization {
    public static let kind = "unit"
    public static let summary = "Pixels divided by 255: from 0 to 1."
    public static let fields: [Field<Self>] = []

    public init() {}

    public func map(fittedTo train: ImageSet) -> FittedMap { FittedMap { $0 / 255 } }
}

/// x: the bytes as numbers, from 0 to 255.
struct IdentityInput: InputNormalization {
    static let kind = "identity"
    static let summary = "Pixels as they are: from 0 to 255."
    static let fields: [Field<Self>] = []

    func map(fittedTo train: ImageSet) -> FittedMap { FittedMap { $0 } }
}

/// 1.275 · x / 255 − 0.1: the input of LeNet-5.
struct LeNetInput: InputNormalization {
    static let kind = "lenet-5"
    static let summary =
        "−0.1 for black to 1.175 for white: roughly mean 0 and variance 1 on MNIST (LeCun et al. 1998, §II.B)."
    static let fields: [Field<Self>] = []

    func map(fittedTo train: ImageSet) -> FittedMap { FittedMap { $0 / 255 * 1.275 - 0.1 } }
}

/// x · factor.
struct ScaleInput: InputNormalization {
    var factor = 1.0 / 256

    static let kind = "scale"
    static let summary = "Pixels times a factor; Caffe's LeNet uses 1/256."
    static let fields: [Field<Self>] = [
        Field("factor", \.factor, 1e-9...1e9, "The factor; 0.00390625 is 1/256.")
    ]

    func map(fittedTo train: ImageSet) throws(DataError) -> FittedMap {
        try require(factor.isFinite && factor != 0, "factor \(factor)", "a number other than 0")
        return FittedMap { $0 * factor }
    }
}

/// 1 where x / 255 > threshold, 0 elsewhere.
struct BinaryInput: InputNormalization {
    var threshold = 0.5

    static let kind = "binary"
    static let summary = "1 where a pixel is above a threshold, 0 elsewhere: Ioffe & Szegedy 2015, §4.1."
    static let fields: [Field<Self>] = [
        Field(
            "threshold", \.threshold, 0...1, "The threshold, of pixels from 0 to 1; the paper does not state its own.")
    ]
    static let isAffine = false

    func map(fittedTo train: ImageSet) throws(DataError) -> FittedMap {
        try require((0...1).contains(threshold), "threshold \(threshold)", "0…1")
        return FittedMap { $0 / 255 > threshold ? 1 : 0 }
    }
}
