import Engine
import Foundation
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

/// The loss and its gradient along the gradient: see ``Engine/GradientLandscape``.
struct LandscapeProcedure: MeasuredAtIntervals {
    var every = 50
    var from = 0.5
    var to = 4.0
    var points = 8
    var spacing = Spacing.linear
    var unit = Unit.rate
    var gradients = true

    enum Unit: String, ConfigurationWord {
        case rate
        case gradient
    }

    static let kind = "landscape"
    static let summary =
        """
        The loss and its gradient along the gradient's own direction (Santurkar et al. 2018, Figure 4; Bjorck et al. 2018): \
        at θ − s∇L(θ) for step lengths s, on the batch of the next update.
        """
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field(
            "from", \.from, 1e-12...1e12,
            "The shortest step length; published: 1/2 for VGG, 1/100 for the linear network."),
        Field("to", \.to, 1e-12...1e12, "The longest step length; published: 4 for VGG, 30 for the linear network."),
        Field("points", \.points, 1...1000, "How many step lengths there are."),
        Field("spacing", \.spacing, "Whether their differences or their ratios are equal."),
        Field("unit", \.unit, "What they are multiples of: the learning `rate`, or the `gradient` itself."),
        Field(
            "gradients", \.gradients,
            "Whether gradients are computed at every point, and not the loss alone, which takes a third of the time."),
    ]
    private static let stepLength = "Length s of the step θ − s∇L(θ)"
    static let quantities = [
        Quantity("loss", "Loss after a step", axis: stepLength, meaning: "the loss after a step of length `at`"),
        Quantity(
            "loss-ratio", "Loss after one step / loss before", axis: stepLength,
            meaning: "that loss, divided by the loss before the step"),
        Quantity("loss-minimum", "Lowest loss along the gradient", meaning: "the least loss over the step lengths"),
        Quantity("loss-maximum", "Highest loss along the gradient", meaning: "the greatest loss over the step lengths"),
        Quantity("loss-range", "Range of the loss along the gradient", meaning: "the difference of the two"),
        Quantity(
            "gradient-change", "Change of the gradient ‖∇L(θ) − ∇L(θ + Δθ)‖", axis: stepLength,
            meaning: "‖∇L − ∇L′‖₂, ∇L′ after a step of length `at`: gradient predictiveness"),
        Quantity(
            "gradient-change-minimum", "Least change of the gradient along it",
            meaning: "the least of them over the step lengths"),
        Quantity(
            "gradient-change-maximum", "Greatest change of the gradient along it",
            meaning: "the greatest of them over the step lengths"),
        Quantity(
            "smoothness", "Effective β-smoothness max ‖Δ∇L‖ / ‖Δθ‖",
            meaning: "the effective β-smoothness: the greatest ‖∇L − ∇L′‖₂ / ‖step‖₂ over the step lengths"),
        Quantity(
            "divergence-length", "Length of step at which the loss grows a thousandfold",
            meaning:
                "the least step length after which the loss is over 1000 times as large, or not a number (Bjorck et al. 2018); "
                + "the longest one that was tried where there is none"),
    ]

    /// The ratio of losses that counts as divergence (Bjorck et al. 2018, §3.1).
    static let divergence = 1000.0

    func mistakes(in network: Network) -> [String] { Spacing.mistakes(from: from, to: to) }

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let landscape = GradientLandscape(subject.surface)
        let multiples = spacing.numbers(from: from, to: to, count: points)
        return { moment in
            subject.takeNextBatch(moment)
            let factor = unit == .rate ? moment.rate : 1
            let line = landscape.measure(
                subject.model, lengths: multiples.map { $0 * factor }, gradients: gradients)
            return losses(line) + (gradients ? changes(line) : [])
        }
    }

    private func losses(_ line: GradientLandscape.Line) -> [Measurement] {
        let losses = line.points.map(\.loss)
        // NaN counts as infinitely large.
        let finite = losses.map { $0.isNaN ? .infinity : $0 }
        let (least, greatest) = (finite.min() ?? .nan, finite.max() ?? .nan)
        let diverged = line.points.first { !($0.loss <= Self.divergence * line.loss) }
        return line.points.flatMap { point in
            [
                Measurement("loss", at: point.length, point.loss),
                Measurement("loss-ratio", at: point.length, point.loss / line.loss),
            ]
        } + [
            Measurement("loss-minimum", least), Measurement("loss-maximum", greatest),
            Measurement("loss-range", greatest - least),
            Measurement("divergence-length", (diverged ?? line.points.last)?.length ?? .nan),
        ]
    }

    private func changes(_ line: GradientLandscape.Line) -> [Measurement] {
        let changes = line.points.map { $0.gradientChange.isNaN ? .infinity : $0.gradientChange }
        return line.points.map { Measurement("gradient-change", at: $0.length, $0.gradientChange) } + [
            Measurement("gradient-change-minimum", changes.min() ?? .nan),
            Measurement("gradient-change-maximum", changes.max() ?? .nan),
            Measurement("smoothness", line.smoothness),
        ]
    }
}

/// How the numbers at which a procedure measures follow each other.
enum Spacing: String, ConfigurationWord {
    case linear
    case logarithmic

    /// Numbers from one to another, both among them; of a single one the first. Both are positive.
    func numbers(from first: Double, to last: Double, count: Int) -> [Double] {
        if count == 1 { return [first] }
        return (0..<count).map { index in
            let share = Double(index) / Double(count - 1)
            switch self {
            case .linear: return first + share * (last - first)
            case .logarithmic: return first * pow(last / first, share)
            }
        }
    }

    static func mistakes(from first: Double, to last: Double) -> [String] {
        first <= last ? [] : ["'from' is \(first) and 'to' is \(last): expected a range that goes up"]
    }
}
