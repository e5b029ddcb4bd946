import Engine
import Foundation
import Results
import Vocabulary

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
                "the least step length after which the loss is over 1000 times as large, or no number (Bjorck et al. 2018); "
                + "the longest one that was tried where there is none"),
    ]

    /// The ratio of losses that counts as divergence (Bjorck et al. 2018, §3.1).
    static let divergence = 1000.0

    func mistakes(in network: Network) -> [String] { Spacing.mistakes(from: from, to: to) }

    /// The step lengths in multiples of the unit.
    var multiples: [Double] { spacing.numbers(from: from, to: to, count: points) }

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        let landscape = GradientLandscape(subject.surface)
        let multiples = multiples
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
        // A loss that is no number is as large as can be.
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
