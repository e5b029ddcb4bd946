import Datasets
import Declarations
import Engine
import Vocabulary

/// Everything that decides what a run computes, but for its seed, its length and its data.
public struct RunConfiguration: Configurable, Equatable {
    /// The network, with its slots open.
    public var model = ModelDeclaration(name: ModelDeclaration.inPlaceName, layers: [])
    /// What fills the `normalize` slots.
    public var normalization: (any Layer)?
    /// Whether it stands before or behind the nonlinearity.
    public var placement = Placement.before
    /// Patterns of the products behind which the `normalize` slots are filled.
    public var normalizeAt = ["*"]
    /// What disturbs the values behind the `normalize` slots.
    public var noise: (any Layer)?
    /// What fills the `activate` slots.
    public var activation: (any Layer)? = Rectifier()
    /// What fills the `respond` slots.
    public var localResponse: (any Layer)?
    /// What fills the `drop` slots.
    public var dropout: (any Layer)?
    /// How many times as wide as declared the model's products are, but for the last.
    public var width = 1.0
    /// What `default` means as the initializer of a layer.
    public var initializer: any Initializer = Xavier()
    /// How pixels become inputs.
    public var input: any InputNormalization = UnitInput()
    /// Images of a training step.
    public var batch = 64
    /// The order in which images are shown.
    public var batchOrder = BatchOrder.Order.shuffled
    /// Which of a seed's families of random numbers the run draws from.
    public var randomStream = 0
    /// How training images are distorted.
    public var augmentation = Augmentation()
    /// What the network's output is compared with.
    public var loss: any Loss = CrossEntropyLoss()
    /// How gradients change parameters.
    public var optimizer: any Optimizer = StochasticGradientDescent()
    /// Factor on the optimizer's rate.
    public var rateMultiplier = 1.0
    /// Factor on the optimizer's weight decay.
    public var decayMultiplier = 1.0
    /// How the learning rate changes over the run.
    public var ratePolicy: any RatePolicy = FixedRate()
    /// How the run measures itself.
    public var evaluate = EvaluationDeclaration()
    /// What the run records of its network.
    public var observe = ObservationDeclaration()

    /// What else it measures of its network.
    public var procedures: [any Procedure] = []

    /// What was written, merged from all layers, for origins; no part of the configuration's value.
    var written = ConfigurationNode(.mapping([]))

    /// The key under which it stands.
    public static let kind = "base"
    /// What it is.
    public static let summary =
        "Everything that decides what a run computes, but for its seed, its length and its data."
    /// Its keys.
    public static let fields: [Field<Self>] = [
        Field(
            tree: "model", .tree(ModelReader.modelTree), required: true,
            "The name of a file in Experiments/Models, or a list of layers in place."),
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

    private static let noises: [any Layer.Type] = LayerCatalogue.all.filter { $0.role == .disturbance }

    /// The defaults, without a model.
    public init() {}

    /// The same settings; where they were written does not matter.
    public static func == (left: Self, right: Self) -> Bool {
        left.model == right.model && left.isEqual(to: right)
    }
}
