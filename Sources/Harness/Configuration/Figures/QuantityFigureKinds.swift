import Engine
import Vocabulary

/// Measured quantities over steps: Figure 2 of Santurkar et al. 2018.
struct QuantityOverSteps: FigureKind {
    var common = FigureOptions()
    var options = QuantityOptions()
    var smoothing = 1
    var stepScale = AxisScale.linear

    static let kind = "quantity-over-steps"
    static let summary =
        "Measured quantities over training steps: the mean over seeds, their spread, and each seed, a panel row a quantity."
    static let fields: [Field<Self>] =
        commonFields + QuantityOptions.fields(\.options) + [
            Field("smoothing", \.smoothing, 1...1000, smoothingDocumentation),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
    var mistakes: [FigureMistake] { options.mistakes }
}

/// Loss, gradient and smoothness along the gradient: Figure 4 of Santurkar et al. 2018.
struct Landscape: FigureKind {
    var common = FigureOptions()
    var valueScale: AxisScale?
    var smoothing = 1
    var stepScale = AxisScale.linear

    static let kind = "landscape"
    static let summary = """
        Three panels over training steps: the range of the loss along the gradient, the range of the gradient's change, and \
        the effective smoothness. The runs must measure `loss-` and `gradient-change-`, `minimum` and `maximum`, and \
        `smoothness`.
        """
    static let fields: [Field<Self>] =
        commonFields + [
            Field(
                "y-scale", \.valueScale, .word().optional,
                """
                The vertical axes; none means logarithmic for gradients, and for losses that span a factor of 20.
                """),
            Field("smoothing", \.smoothing, 1...1000, smoothingDocumentation),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
}

/// What figures of measured quantities have in common.
struct QuantityOptions: Sendable {
    var quantity = ""
    var place = "*"
    var places = PlacesWord.mean
    var at: Double?
    var band = SeedBand.range
    var valueScale: AxisScale?
    var valueLabel: String?
    var level: Double?
    var levelLabel: String?

    /// What becomes of several places that match.
    enum PlacesWord: String, ConfigurationWord {
        case mean
        case panels
    }

    /// Their fields, as those of a figure that holds them at a path.
    static func fields<Owner>(
        _ path: WritableKeyPath<Owner, QuantityOptions> & Sendable
    ) -> [Field<Owner>] {
        let all: [Field<QuantityOptions>] = [
            Field(
                "quantity", \.quantity, .text, required: true,
                "The quantity, a word of `measures.csv` or `shift.csv`: gradient-shift. Several, separated by spaces, get a row each."
            ),
            Field(
                "place", \.place, .text, "The layers, taps or parameters it was measured at, as a name or a pattern."),
            Field("places", \.places, "What becomes of several places that match: their mean, or a panel for each."),
            Field(
                "at", \.at, .number(-1e12...1e12).optional,
                "The place on the quantity's own axis, such as a step length; none means the mean over all."),
            Field("band", \.band, bandDocumentation),
            Field("y-scale", \.valueScale, .word().optional, valueScaleDocumentation),
            Field(
                "y-label", \.valueLabel, .text.optional,
                "The title of the vertical axis of one quantity; by default the quantity's own."
            ),
            Field(
                "level", \.level, .number(-1e12...1e12).optional, "A value at which a thin horizontal line is drawn."),
            Field("level-label", \.levelLabel, .text.optional, "What the line is called; by default its value."),
        ]
        return all.within(path)
    }

    var mistakes: [FigureMistake] {
        let count = quantity.split(separator: " ").count
        if count == 0 {
            return [
                FigureMistake(key: "quantity", message: "'quantity' is empty; expected a word such as gradient-shift")
            ]
        }
        guard count > 1, valueLabel != nil else { return [] }
        return [
            FigureMistake(
                key: "y-label", message: "'y-label' is the title of one quantity's axis; 'quantity' names \(count)")
        ]
    }
}

let smoothingDocumentation =
    "Values are means over so many consecutive measurements, at the last of them; 1 takes them as they are."

let valueScaleDocumentation = """
    The vertical axis; none means logarithmic for magnitudes that are positive and span two powers of ten. A logarithmic one \
    is left linear where values are negative.
    """

/// A measured quantity over layers and steps, as colours.
struct ShiftMap: FigureKind {
    var common = FigureOptions()
    var quantity = "wasserstein"
    var place = "*/activation-input"
    var colorScale: AxisScale?
    var stepScale = AxisScale.linear

    static let kind = "shift-map"
    static let summary =
        "A measured quantity over layers (rows) and training steps as colours, arms side by side with one colour scale."
    static let fields: [Field<Self>] =
        commonFields + [
            Field("quantity", \.quantity, .text, "The quantity, a word of `measures.csv` or `shift.csv`."),
            Field("place", \.place, .text, "The layers, taps or parameters, as a pattern: a row each."),
            Field(
                "color-scale", \.colorScale, .word().optional,
                "The colours' scale; none means logarithmic for magnitudes that are positive and span a factor of 20."),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
    var mistakes: [FigureMistake] {
        guard quantity.split(separator: " ").count != 1 else { return [] }
        return [FigureMistake(key: "quantity", message: "'quantity' is '\(quantity)'; expected one word")]
    }
}

/// Measured quantities at one step, over an axis of their own or over the layers.
struct QuantityProfile: FigureKind {
    var common = FigureOptions()
    var options = QuantityOptions()
    var x = Horizontal.at
    var horizontalScale = AxisScale.linear
    var horizontalLabel: String?
    var step = "last"

    /// What the horizontal axis is.
    enum Horizontal: String, ConfigurationWord {
        case at
        case place
    }

    static let kind = "quantity-profile"
    static let summary = """
        Measured quantities at one step, a line an arm: over the quantity's own axis (step length, index, lag), or over the \
        places in the order of the network.
        """
    static let fields: [Field<Self>] =
        commonFields + QuantityOptions.fields(\.options) + [
            Field("x", \.x, "The horizontal axis: the quantity's own (`at`), or the places that match."),
            Field("x-scale", \.horizontalScale, "The quantity's own axis."),
            Field(
                "x-label", \.horizontalLabel, .text.optional,
                "The title of the horizontal axis; by default the quantity's own."),
            Field("step", \.step, .text, "`first`, `last`, or a number: the measured step nearest to it."),
        ]

    var mistakes: [FigureMistake] {
        var mistakes = options.mistakes
        if !["first", "last"].contains(step), Int(step).map({ $0 < 0 }) ?? true {
            mistakes.append(
                FigureMistake(
                    key: "step", message: "'step' is '\(step)'; expected first, last or a whole number from 0"))
        }
        if x == .place, options.places == .panels {
            mistakes.append(
                FigureMistake(
                    key: "places", message: "'places: panels' needs 'x: at': the places are the horizontal axis"))
        }
        if x == .at, options.at != nil {
            mistakes.append(
                FigureMistake(
                    key: "at", message: "'at' needs 'x: place': the quantity's own axis is the horizontal one"))
        }
        return mistakes
    }
}

/// What the learned scale of a normalization does to a unit's percentiles.
struct ScaleAndPercentiles: FigureKind {
    var common = FigureOptions()
    var layer = ""
    var stepScale = AxisScale.linear

    static let kind = "scale-and-percentiles"
    static let summary = """
        The percentiles of a normalized layer's typical unit over steps, after and before scale and shift, and the ratio of \
        their spreads, which is |γ|; normalized arms side by side. Observe `LAYER/scaled` and `LAYER/normalized`.
        """
    static let fields: [Field<Self>] =
        commonFields + [
            Field("layer", \.layer, .text, required: true, "The normalized layer: hidden3."),
            Field("x-scale", \.stepScale, stepScaleDocumentation),
        ]
    var taps: [String] { layer.isEmpty ? [] : ["\(layer)/scaled", "\(layer)/normalized"] }
}

/// One measured quantity against another, a point a run.
struct QuantityScatter: FigureKind {
    var common = FigureOptions()
    var x = ""
    var y = ""
    var compare: String?
    var place = "*"
    var step = "last"
    var horizontalScale: AxisScale?
    var valueScale: AxisScale?
    var horizontalLabel: String?
    var valueLabel: String?

    static let kind = "quantity-scatter"
    static let summary = """
        One measured quantity against another, a point a run, coloured by arm; beside it, as ticks, a third one that the \
        second is to be compared with, such as what was predicted.
        """
    static let fields: [Field<Self>] =
        commonFields + [
            Field("x", \.x, .text, required: true, "The quantity of the horizontal axis, a word of `measures.csv`."),
            Field("y", \.y, .text, required: true, "The quantity of the vertical axis."),
            Field("compare", \.compare, .text.optional, "A third quantity, on the vertical axis too: a tick a run."),
            Field("place", \.place, .text, "The places of all three, as a name or a pattern; their mean counts."),
            Field("step", \.step, .text, "`first`, `last`, or a number: the measured step nearest to it."),
            Field(
                "x-scale", \.horizontalScale, .word().optional,
                "The horizontal axis; none decides as for the vertical one."),
            Field("y-scale", \.valueScale, .word().optional, valueScaleDocumentation),
            Field(
                "x-label", \.horizontalLabel, .text.optional,
                "The title of the horizontal axis; by default the quantity's own."),
            Field(
                "y-label", \.valueLabel, .text.optional,
                "The title of the vertical axis; by default the quantity's own."),
        ]

    var mistakes: [FigureMistake] {
        let words = [("x", x), ("y", y)] + (compare.map { [("compare", $0)] } ?? [])
        var mistakes = words.compactMap { key, word in
            word.split(separator: " ").count == 1
                ? nil : FigureMistake(key: key, message: "'\(key)' is '\(word)'; expected one word")
        }
        if !["first", "last"].contains(step), Int(step).map({ $0 < 0 }) ?? true {
            mistakes.append(
                FigureMistake(
                    key: "step", message: "'step' is '\(step)'; expected first, last or a whole number from 0"))
        }
        return mistakes
    }
}

/// A line that is fitted to a cloud of points, and gradient descent on its loss.
struct LineFit: FigureKind {
    var common = FigureOptions()

    static let kind = "line-fit"
    static let summary = """
        A column an arm: the cloud of points with the line as it is fitted, and the contours of the loss with the path of \
        gradient descent. The runs must have the procedure `line-fit`.
        """
    static let fields: [Field<Self>] = commonFields
}
