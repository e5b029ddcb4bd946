import Kernels
import Vocabulary

/// How a parameter's values start.
public protocol Initializer: Configurable, Equatable {
    /// Fills `values` as a pure function of the fan and the stream.
    func fill(_ values: Vector, fan: Fan, from stream: RandomStream)
}

/// The initializers, in the order of the reference. A new one is one file and one line here.
public enum InitializerCatalogue {
    public static let all: [any Initializer.Type] = [
        Gaussian.self,
        Xavier.self,
        Glorot.self,
        He.self,
        Constant.self,
    ]
}

/// The initializer that the run chooses: what `weight: default` means in a model.
///
/// It stands in a layer until the network is made, which puts the run's initializer in its place.
public struct RunInitializer: Initializer {
    public static let kind = "default"
    public static let summary = "The run's own initializer."
    public static let fields: [Field<Self>] = []
    public init() {}

    /// Never reached: a network with a placeholder left in it is refused.
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        preconditionFailure("the initializer `default` must be replaced by the run's")
    }
}

extension Field {
    /// An initializer; `default` is the run's.
    public init(
        _ name: String, _ path: WritableKeyPath<Owner, any Initializer> & Sendable, _ documentation: String
    ) {
        self.init(name, path, oneOf: [RunInitializer.self] + InitializerCatalogue.all, documentation)
    }
}

/// Normal values with mean 0 and a given deviation: "small random Gaussian values" (Ioffe & Szegedy 2015, §4.1).
public struct Gaussian: Initializer {
    public var deviation = 0.01

    public static let kind = "gaussian"
    public static let summary = "Normal values with mean 0 and the given deviation."
    public static let fields: [Field<Self>] = [
        Field("deviation", \.deviation, 0...1_000, "Standard deviation.")
    ]

    public init() {}
    public init(deviation: Double) { self.deviation = deviation }

    /// values ← deviation · N(0, 1)
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        stream.fill(values, deviation: Float(deviation))
    }
}

/// Caffe's `xavier` filler: uniform within ±√(3 / fan in), which gives variance 1 / fan in.
///
/// This is not Glorot's formula, which averages both fans: see ``Glorot``. Source: Caffe, `filler.hpp`.
public struct Xavier: Initializer {
    public static let kind = "xavier"
    public static let summary = "Caffe's xavier: uniform within ±√(3 / fan in)."
    public static let fields: [Field<Self>] = []
    public init() {}

    /// values ← U(−√(3/n), √(3/n)), n = fan in
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        let bound = Float((3 / Double(fan.input)).squareRoot())
        stream.fill(values, uniform: -bound..<bound)
    }
}

/// Glorot & Bengio 2010, equation 16: uniform within ±√(6 / (fan in + fan out)).
public struct Glorot: Initializer {
    public static let kind = "glorot"
    public static let summary = "Glorot and Bengio's uniform within ±√(6 / (fan in + fan out))."
    public static let fields: [Field<Self>] = []
    public init() {}

    /// values ← U(−√(6/(n + m)), √(6/(n + m))), n = fan in, m = fan out
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        let bound = Float((6 / Double(fan.input + fan.output)).squareRoot())
        stream.fill(values, uniform: -bound..<bound)
    }
}

/// He et al. 2015, equation 10: normal with deviation √(2 / fan in), which keeps the variance through rectifiers.
public struct He: Initializer {
    public var gain = 1.0

    public static let kind = "he"
    public static let summary = "He's normal values with deviation gain · √(2 / fan in)."
    public static let fields: [Field<Self>] = [
        Field("gain", \.gain, 0...1_000, "Factor on the deviation.")
    ]
    public init() {}
    public init(gain: Double) { self.gain = gain }

    /// values ← gain · √(2/n) · N(0, 1), n = fan in
    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) {
        stream.fill(values, deviation: Float(gain * (2 / Double(fan.input)).squareRoot()))
    }
}

/// The same value everywhere.
public struct Constant: Initializer {
    public var value = 0.0

    public static let kind = "constant"
    public static let summary = "The same value everywhere."
    public static let fields: [Field<Self>] = [
        Field("value", \.value, -1e6...1e6, "The value.")
    ]

    public init() {}
    public init(value: Double) { self.value = value }

    public func fill(_ values: Vector, fan: Fan, from stream: RandomStream) { values.fill(Float(value)) }
}
