import Datasets
import Declarations
import Engine
import Results
import Vocabulary

/// Everything that decides what a run computes, but for its seed, its length and its data.
public struct RunConfiguration: Configurable, Equatable {
    public var model = ModelDeclaration(name: ModelDeclaration.inPlaceName, layers: [])
    public var normalization: (any Layer)?
    public var placement = Placement.before
    public var normalizeAt = ["*"]
    public var noise: (any Layer)?
    public var activation: (any Layer)? = Rectifier()
    public var localResponse: (any Layer)?
    public var dropout: (any Layer)?
    public var width = 1.0
    public var initializer: any Initializer = Xavier()
    public var input: any InputNormalization = UnitInput()
    public var batch = 64
    public var batchOrder = BatchOrder.Order.shuffled
    public var randomStream = 0
    public var augmentation = Augmentation()
    public var loss: any Loss = CrossEntropyLoss()
    public var optimizer: any Optimizer = StochasticGradientDescent()
    public var rateMultiplier = 1.0
    public var decayMultiplier = 1.0
    public var ratePolicy: any RatePolicy = FixedRate()
    public var evaluate = EvaluationDeclaration()
    public var observe = ObservationDeclaration()

    public var procedures: [any Procedure] = []

    /// What was written, merged from all layers, for origins; no part of the configuration's value.
    package var written = ConfigurationNode(.mapping([]))

    public static let kind = "base"
    public static let summary =
        "Everything that decides what a run computes, but for its seed, its length and its data."
    public static let fields: [Field<Self>] = [
        Field(
            tree: "model", .tree(ModelReader.modelTree), required: true,
            """
            The name of a file in Experiments/Models, or a list of layers in place; none for a run that has no network, trains \
            nothing, and only measures its input or the machine, by `procedures`.
            """),
        Field(
            "normalization", \.normalization, .variant(Slot.normalize.kinds).optional,
            "What stands in the model's `normalize` slots."),
        Field(
            "placement", \.placement,
            """
            Whether the content of a `normalize` slot stands `before` the nonlinearity, where models list it and the paper \
            wants it (§3.2), or `after` it: slots that the `activate` slot follows directly change places with it.
            """),
        Field(
            "normalize-at", \.normalizeAt, .text.list(minimum: 1),
            """
            Patterns of names ('*' stands for any run of characters): the `normalize` slots behind other products stay empty, \
            as where only the last layer is normalized (Bjorck et al. 2018). Behind a block its own name counts.
            """),
        Field(
            "noise", \.noise, .variant(noises).optional,
            """
            What disturbs the values behind every used `normalize` slot in training, or in its place where `normalization` is \
            none (Santurkar et al. 2018, §2.1).
            """),
        Field(
            "activation", \.activation, .variant(Slot.activate.kinds).optional,
            "What stands in the model's `activate` slots."),
        Field(
            "local-response", \.localResponse, .variant(Slot.respond.kinds).optional,
            "What stands in the model's `respond` slots: a local response normalization."),
        Field(
            "dropout", \.dropout, .variant(Slot.drop.kinds).optional, "What stands in the model's `drop` slots."),
        Field(
            "width", \.width, 0.01...16,
            "Factor on the channels of every convolution and the units of every dense layer, to the nearest whole number, "
                + "at least 1. The last of them, which gives the scores, and those with `keeps-width` stay as they are."
        ),
        Field(
            "initializer", \.initializer, oneOf: InitializerCatalogue.all,
            "How weights start where the model says nothing else."),
        Field(
            "input", \.input, oneOf: InputNormalizations.all, "How pixels, 0 to 255, become the network's inputs."),
        Field("batch", \.batch, 1...1_000_000, required: true, "Images of a training step."),
        Field(
            "batch-order", \.batchOrder,
            """
            `shuffled` anew in every epoch; `fixed`: the same images always share a batch, and the batches come in a new \
            order every epoch; `sequential`: as stored, so that another framework can replay a run; `by-class`: shuffled, but \
            each batch of one class; `two-classes`: each batch half of one and half of another (after Ioffe 2017, §4.3).
            """),
        Field(
            "random-stream", \.randomStream, 0...1_000_000,
            """
            Which of the seed's families of random numbers the run draws from: initial weights, batches, distortions and \
            masks. Arms of equal number are paired; members of an ensemble have numbers of their own.
            """),
        Field("augmentation", \.augmentation, .record(), Augmentation.summary),
        Field(
            "loss", \.loss, oneOf: LossCatalogue.all, "What the network's output is compared with."),
        Field(
            "optimizer", \.optimizer, oneOf: OptimizerCatalogue.all, required: true, "How gradients change parameters."),
        Field(
            "rate-multiplier", \.rateMultiplier, 0...1_000_000,
            "Factor on the optimizer's rate: what an arm changes to train at 5 times the rate of the base."),
        Field(
            "decay-multiplier", \.decayMultiplier, 0...1_000_000,
            """
            Factor on the optimizer's weight decay, besides those of single parameters; 0.2 is the weaker L2 of Ioffe & \
            Szegedy 2015, §4.2.1.
            """),
        Field(
            "rate-policy", \.ratePolicy, oneOf: RatePolicyCatalogue.all,
            "How the learning rate changes over the run."),
        Field("evaluate", \.evaluate, .record(), EvaluationDeclaration.summary),
        Field("observe", \.observe, .record(), ObservationDeclaration.summary),
        Field(
            "procedures", \.procedures, .variant(ProcedureCatalogue.all).list(),
            """
            What else the run measures of its network at intervals, without changing it: `[gradient-shift]`, \
            `[{ landscape: { every: 100 } }]`. The numbers stand in `measures.csv`.
            """),
    ]

    private static let noises: [any Layer.Type] = LayerCatalogue.all.filter { $0.init().traits.role == .disturbance }

    /// Whether there is a network to be trained. Of a run without one only the keys of ``keysWithoutNetwork`` count.
    package var hasNetwork: Bool { model != .none }

    static let keysWithoutNetwork = ["model", "input", "batch", "random-stream", "procedures"]

    public init() {}

    /// The same settings that count; where they were written does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        guard left.hasNetwork else { return left.canonicalYAML == right.canonicalYAML }
        return left.model == right.model && left.isEqual(to: right)
    }
}

public struct EvaluationDeclaration: Configurable, Equatable {
    public var every = 100
    public var populationBatches = 20
    public var statistics = [StatisticsSource.movingAverage, .population]
    public var examples = 0
    public var predictions = false

    public static let kind = "evaluate"
    public static let summary = "How often, and how, a run measures itself on the test set."
    public static let fields: [Field<Self>] = [
        Field("every", \.every, 1...1_000_000_000, "Steps between evaluations; one more follows the last step."),
        Field(
            "population-batches", \.populationBatches, 0...1_000_000,
            """
            Training batches over which Algorithm 2 of Ioffe & Szegedy 2015 averages batch statistics before an \
            evaluation; 0 leaves the population statistics out. Without batch normalization it means nothing.
            """),
        Field(
            "statistics", \.statistics, .word().list(minimum: 1),
            """
            Where batch normalization takes mean and variance from in evaluations, a row of `eval.csv` for each: \
            `moving-average`, Caffe's; `plain-average`, the one that starts from 0 and 1, as in most frameworks; `population`, \
            Algorithm 2; `batch`, \(NetworkSetup.evaluationBatch) test images at a time, a mistake that is often made. Those that \
            count are the population's, else the moving average's, the plain average's, the batch's.
            """),
        Field("examples", \.examples, 0...1_000_000_000, "Test examples that are looked at; 0 is all of them."),
        Field(
            "predictions", \.predictions,
            "Whether the final network's class probabilities on these examples are written down, as ensembles need them."
        ),
    ]

    public init() {}

    /// The wanted statistics in the order in which they are measured and written down: the last is the one that counts.
    var orderedStatistics: [StatisticsSource] {
        [.batch, .plainAverage, .movingAverage, .population].filter { source in
            statistics.contains(source) && (source != .population || populationBatches > 0)
        }
    }
}

public struct ObservationDeclaration: Configurable, Equatable {
    public var every = 50
    public var taps = ["*/preactivation", "*/normalized", "*/scaled", "*/activation-input"]
    public var probe = 500
    public var bins = 60

    public static let kind = "observe"
    public static let summary = "What a run records of the distributions inside its network, and how often."
    public static let fields: [Field<Self>] = [
        Field("every", \.every, 1...1_000_000_000, "Steps between observations; one more follows the last step."),
        Field(
            "taps", \.taps, .text.list(),
            "Patterns of tap addresses ('*' stands for any run of characters); an empty list observes nothing."),
        Field(
            "probe", \.probe, 2...1_000_000,
            "Examples of the probe set: one random choice from the test set, the same for all arms, seeds and steps."),
        Field("bins", \.bins, 2...10_000, "Bins of a histogram."),
    ]

    public init() {}
}

/// What a network's output is compared with, as a configuration says it.
public protocol Loss: Configurable, Equatable {
    var objective: Objective { get }
}

package enum LossCatalogue {
    package static let all: [any Loss.Type] = [CrossEntropyLoss.self, SquaredErrorLoss.self]
}

struct CrossEntropyLoss: Loss {
    static let kind = "cross-entropy"
    static let summary = "The softmax cross-entropy of the scores with each image's class."
    static let fields: [Field<Self>] = []

    var objective: Objective { .crossEntropy }
}

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

/// What is wrong with a run's settings that no type can say, with its places: found before any training.
extension RunConfiguration {
    package typealias Mistake = (place: ConfigurationNode, message: String)

    /// Reports the required keys that a merged node lacks. A run without a network requires none but the fields of what it has.
    package static func checkCompleteness(of node: ConfigurationNode, path: String, _ diagnostics: DiagnosticCollector)
    {
        let resolver = Resolver(diagnostics)
        guard node["model"]?.isNone == true else {
            return resolver.checkCompleteness(of: node, fieldsOf: Self.self, path: path)
        }
        for field in fields where keysWithoutNetwork.contains(field.name) {
            guard let value = node[field.name] else { continue }
            resolver.checkCompleteness(of: value, field.type, path: Resolver.join(path, field.name))
        }
    }

    package var mistakes: [Mistake] { misplacedNormalizations + impossibleEvaluations }

    /// Patterns of `normalize-at` that name no product with a slot behind it.
    private var misplacedNormalizations: [Mistake] {
        if !hasNetwork { return [] }
        let places = written["normalize-at"]?.elements ?? []
        if places.isEmpty { return [] }
        let products = expansion.normalizableProducts
        return places.compactMap { place in
            guard let pattern = place.scalar, !products.contains(where: Glob(pattern).matches) else { return nil }
            let advice = Suggestion.phrase(for: pattern, among: products, called: "products with one")
            return (place, "no 'normalize' slot is behind a product '\(pattern)'\(advice)")
        }
    }

    private var impossibleEvaluations: [Mistake] {
        let place = written[path: ["evaluate", "statistics"]]
        guard hasNetwork, evaluate.orderedStatistics.isEmpty, let place else { return [] }
        return [(place, "'evaluate.statistics': there are no population statistics where 'population-batches' is 0")]
    }

    /// Whether a data set can be used so: whether it fills a batch, and whether its images can be distorted so.
    package func mistakes(on source: DatasetSource) -> [Mistake] {
        if !hasNetwork { return [] }
        var mistakes: [Mistake] = []
        if batch > source.trainCount, let place = written["batch"] {
            let expected = "at most \(source.trainCount), the training images"
            mistakes.append((place, "'batch': found \(batch), expected \(expected)"))
        }
        do {
            try augmentation.check(source.shape)
        } catch {
            let written = written["augmentation"]
            if let place = written?[path: ["geometric", "shift"]] ?? written {
                mistakes.append((place, "'\(error.subject)': found \(error.found), expected \(error.expected)"))
            }
        }
        return mistakes
    }

    /// Where a problem is written: its field, its layer, or what the run says about a layer that fills a slot.
    package func place(of problem: NetworkProblem) -> ConfigurationNode? {
        let expansion = expansion
        guard let index = problem.nodeIndex, expansion.places.indices.contains(index) else { return written["model"] }
        let place = expansion.places[index]
        let layer = expansion.nodes[index].layer
        let kind = type(of: layer).kind
        if let word = place.scalar, let slot = Slot(rawValue: word) {
            let filling = written[layer.traits.role == .disturbance ? "noise" : slot.key]
            return problem.field.flatMap { filling?[path: [kind, $0]] } ?? filling ?? place
        }
        guard let field = problem.field else { return place }
        return place[path: [kind, field]] ?? place[field] ?? place
    }

    /// What decides the network for inputs of a shape: equal texts stand for equal networks.
    package func networkKey(input: Shape, classes: Int) -> String {
        let keys =
            Slot.allCases.map(\.key) + ["placement", "normalize-at", "noise", "initializer", "width", "loss"]
        let deciding = settings.filter { setting in
            keys.contains { setting.key == $0 || setting.key.hasPrefix($0 + ".") }
        }
        // A model is read once, and known by its name or by the place where its layers stand.
        let place = written["model"]?.position.description ?? ""
        // A batch of one image is too small for some networks; others change nothing.
        return ([model.name, place, "\(input) \(classes) \(min(batch, 2))"] + deciding.map { "\($0.key)=\($0.value)" })
            .joined(separator: "\n")
    }
}
