import Engine
import Results
import Vocabulary

/// Internal covariate shift in the sense of gradients: see ``Engine/GradientShift``.
struct GradientShiftProcedure: MeasuredAtIntervals {
    var every = 50

    static let kind = "gradient-shift"
    static let summary =
        "How much each layer's gradient changes when the layers below are updated (Santurkar et al. 2018, Definition 2.1)."
    static let fields: [Field<Self>] = [intervalField(\.every)]
    static let quantities = [
        Quantity(
            "gradient-norm", "Norm of the gradient ‖∇L‖",
            meaning: "‖G‖₂ of the place's weights, on the batch of the next update"),
        Quantity(
            "gradient-shift", "Gradient shift ‖G − G′‖",
            meaning: "‖G − G′‖₂, G′ with the layers below the place updated, on the same batch"),
        Quantity("relative-gradient-shift", "Relative gradient shift ‖G − G′‖ / ‖G‖", meaning: "‖G − G′‖₂ / ‖G‖₂"),
        Quantity("gradient-cosine", "cos(G, G′)", .bounded, meaning: "cos(G, G′): 1 where there is no shift"),
    ]

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let shift = GradientShift(subject.surface, optimizer: subject.optimizer)
        return { moment in
            subject.takeNextBatch(moment)
            return shift.measure(subject.model, rate: moment.rate).flatMap { layer in
                [
                    Measurement("gradient-norm", place: layer.name, layer.norm),
                    Measurement("gradient-shift", place: layer.name, layer.shift),
                    Measurement("relative-gradient-shift", place: layer.name, layer.shift / layer.norm),
                    Measurement("gradient-cosine", place: layer.name, layer.cosine),
                ]
            }
        }
    }
}

/// Whether gradients explode or vanish on their way back: see ``Engine/GradientNorms``.
struct GradientNormsProcedure: MeasuredAtIntervals {
    var every = 50
    var by = Place.activationInput
    var leaveOut = 1

    enum Place: String, ConfigurationWord {
        case activationInput = "activation-input"
        case preactivation
    }

    static let kind = "gradient-norms"
    static let summary =
        "Norms of the loss's gradient by the hidden values, and how they grow on the way back (Yang et al. 2019)."
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field("by", \.by, "The tap after every product by which gradients are taken."),
        Field(
            "leave-out", \.leaveOut, 0...1_000_000,
            "How many layers at either end are left out of the growth, where the ends show."),
    ]
    static let quantities = [
        Quantity(
            "squared-gradient-norm", "Squared gradient by a unit, mean", axis: "Depth, in products from the input",
            meaning:
                "the mean over the images and the units of (∂Σℓ/∂h)², on the batch of the next update; `at` is the layer's "
                + "depth in products"),
        Quantity(
            "gradient-growth", "Growth of the log squared gradient a layer", .linear,
            meaning:
                "by how much its logarithm grows from a layer to the one before it: log(π/(π − 1)) = 0.383 for batch "
                + "normalization with rectifiers at the start"),
    ]

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let norms = GradientNorms(
            subject.model.network, batch: subject.batch, atPreactivations: by == .preactivation, team: subject.team)
        return { moment in
            let layers = norms.measure(subject.model, phase: .training(step: moment.step, seed: subject.seed)) {
                subject.fill(moment.step, $0, &$1)
            }
            return layers.map {
                Measurement("squared-gradient-norm", place: $0.name, at: Double($0.depth), $0.perUnit)
            } + [
                Measurement("gradient-growth", GradientNorms.growth(layers.dropFirst(leaveOut).dropLast(leaveOut)))
            ]
        }
    }
}

/// Whether gradients at neighbouring inputs are alike: see ``Engine/GradientCorrelation``.
struct GradientCorrelationProcedure: MeasuredAtIntervals {
    var every = 200
    var points = 256
    var reach = 2.0
    var lags = 15

    static let kind = "gradient-correlation"
    static let summary =
        """
        How alike the network's gradients are at neighbouring inputs along a line, or how shattered \
        (Balduzzi et al. 2017).
        """
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field("points", \.points, 2...65_536, "Points of the grid; published: 256."),
        Field("reach", \.reach, 1e-6...1e6, "The grid goes from minus this to this; published: 2."),
        Field("lags", \.lags, 0...65_535, "The largest distance in points; below their number."),
    ]
    private static let lag = "Distance, in points of the line"
    static let quantities = [
        Quantity(
            "gradient-autocorrelation", "Autocorrelation of the gradient", axis: lag, .bounded,
            meaning:
                "the cosine of the angle between the gradients by the input along the grid and those `at` points on: 1 for "
                + "a linear function, 0 for white noise"),
        Quantity(
            "gradient-autocorrelation-around-mean", "Autocorrelation of the gradient, its mean subtracted", axis: lag,
            .bounded, meaning: "the same as it is defined of time series: the gradients' mean is subtracted"),
    ]

    func mistakes(in network: Network) -> [String] {
        lags < points ? [] : ["'lags' is \(lags) and 'points' is \(points): expected fewer lags than points"]
    }

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let correlation = GradientCorrelation(
            subject.model.network, points: points, range: -reach...reach, team: subject.team)
        return { _ in
            let slopes = correlation.measure(subject.model).slopes
            func rows(_ quantity: String, _ values: [Double]) -> [Measurement] {
                values.enumerated().map { Measurement(quantity, at: Double($0), $1) }
            }
            return rows("gradient-autocorrelation", Autocorrelation.cosines(slopes, lags: lags))
                + rows("gradient-autocorrelation-around-mean", Autocorrelation.aroundMean(slopes, lags: lags))
        }
    }
}
