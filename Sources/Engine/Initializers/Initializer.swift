import Kernels
import Vocabulary

/// How a parameter's values start.
public protocol Initializer: Configurable, Equatable {
    /// Fills `values` as a pure function of the fan and the stream.
    func fill(_ values: Vector, fan: Fan, from stream: RandomStream)
}

/// The initializers, in the order of the reference. A new one is one file and one line here.
public enum InitializerCatalogue {
    /// Every initializer that a configuration can name.
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
    /// The word `default`.
    public static let kind = "default"
    /// One sentence for the reference.
    public static let summary = "The run's own initializer."
    /// What a configuration can say.
    public static let fields: [Field<Self>] = []
    /// The placeholder.
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
