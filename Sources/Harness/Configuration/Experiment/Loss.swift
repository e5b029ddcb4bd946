import Engine
import Vocabulary

/// What a network's output is compared with, as a configuration says it.
public protocol Loss: Configurable, Equatable {
    /// The engine's objective.
    var objective: Objective { get }
}

/// The losses, in the order of the reference.
enum LossCatalogue {
    static let all: [any Loss.Type] = [CrossEntropyLoss.self, SquaredErrorLoss.self]
}

/// Classification.
struct CrossEntropyLoss: Loss {
    static let kind = "cross-entropy"
    static let summary = "The softmax cross-entropy of the scores with each image's class."
    static let fields: [Field<Self>] = []

    var objective: Objective { .crossEntropy }
}

/// Regression of a linear map.
struct SquaredErrorLoss: Loss {
    var seed = 1

    static let kind = "squared-error"
    static let summary =
        """
        Half the squared distance to A·x, x the network's input and A a random matrix of standard normal elements (Santurkar \
        et al. 2018, §3). Accuracy is then the share of inputs whose largest output is in the right place.
        """
    static let fields: [Field<Self>] = [
        Field("seed", \.seed, 0...1_000_000_000, "Names the matrix A, which is the same for every seed of the runs.")
    ]

    var objective: Objective { .squaredError(LinearMap(seed: UInt64(seed))) }
}
