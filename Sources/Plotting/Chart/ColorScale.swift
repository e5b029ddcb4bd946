import Foundation

/// The way from values to colours, with the words of its colour bar.
public struct ColorScale: Hashable, Sendable {
    public var map: ColorMap
    public var lower: Double
    public var upper: Double
    /// What the values are, with their unit; stands along the colour bar.
    public var title: String
    public var format: NumberFormat
    /// Whether equal ratios, not equal differences, are equal steps of colour.
    public var isLogarithmic: Bool

    /// Colours for the values from `lower` to `upper`; what lies outside takes the nearest.
    /// - Precondition: `lower < upper`, both finite, and both positive where the scale is logarithmic.
    public init(
        _ title: String, from lower: Double, to upper: Double, map: ColorMap = .sequential,
        format: NumberFormat = .automatic, isLogarithmic: Bool = false
    ) {
        precondition(lower < upper && lower.isFinite && upper.isFinite, "a colour scale has a finite range")
        precondition(!isLogarithmic || lower > 0, "a logarithmic colour scale is positive")
        self.title = title
        self.lower = lower
        self.upper = upper
        self.map = map
        self.format = format
        self.isLogarithmic = isLogarithmic
    }

    /// The colour of a value; light grey where it is not a number.
    public func color(_ value: Double) -> Color {
        if value == .infinity { return map.color(1) }
        if value == -.infinity { return map.color(0) }
        let fraction = axis.fraction(value)
        return fraction.isFinite ? map.color(fraction) : .missing
    }

    var axis: ResolvedScale {
        ResolvedScale(isLogarithmic ? .logarithmic : .linear, from: lower, to: upper)
    }
}

/// A continuous run of colours in equal steps of perceived lightness, so that no edge appears where the data have none and a
/// grey print keeps the order.
///
/// The colours are computed along a path through OKLCH (B. Ottosson, "A perceptual color space for image processing", 2020).
public struct ColorMap: Hashable, Sendable {
    private let colors: [Color]

    /// From dark violet through blue and green to light yellow: for values of which none is special.
    public static let sequential = ColorMap(lightness: (0.28, 0.94), hue: (305, 105), chroma: (0.12, 0.15, 0.12))
    /// From the white of the paper to dark blue: for densities and counts, where nothing should look like nothing.
    public static let density = ColorMap(lightness: (1, 0.27), hue: (215, 275), chroma: (0, 0.13, 0.09))

    /// The colour at a fraction of the way, 0 to 1; what lies outside takes the nearest end.
    public func color(_ fraction: Double) -> Color {
        let place = min(max(fraction, 0), 1) * Double(colors.count - 1)
        let index = min(Int(place), colors.count - 2)
        return colors[index].mixed(with: colors[index + 1], place - Double(index))
    }

    /// A path of even lightness steps. Hue, in degrees, and chroma, given at the start, the middle and the end, follow along.
    private init(
        lightness: (Double, Double), hue: (Double, Double), chroma: (start: Double, middle: Double, end: Double)
    ) {
        let steps = 128
        colors = (0...steps).map { index in
            let t = Double(index) / Double(steps)
            let parabola =
                chroma.start * (1 - t) * (1 - 2 * t) + chroma.middle * 4 * t * (1 - t) + chroma.end * t * (2 * t - 1)
            return Self.color(
                lightness: lightness.0 + (lightness.1 - lightness.0) * t, chroma: max(0, parabola),
                hue: (hue.0 + (hue.1 - hue.0) * t) * .pi / 180)
        }
    }

    /// The sRGB colour of an OKLCH one, with less chroma where the screen cannot show so much.
    private static func color(lightness: Double, chroma: Double, hue: Double) -> Color {
        var chroma = chroma
        while true {
            let linear = linearRGB(lightness: lightness, a: chroma * cos(hue), b: chroma * sin(hue))
            if chroma < 0.002 || linear.allSatisfy({ (-0.0005...1.0005).contains($0) }) {
                let components = linear.map { UInt8((encoded(min(max($0, 0), 1)) * 255).rounded()) }
                return Color(red: components[0], green: components[1], blue: components[2])
            }
            chroma -= 0.002
        }
    }

    private static func linearRGB(lightness: Double, a: Double, b: Double) -> [Double] {
        func cube(_ x: Double) -> Double { x * x * x }
        let l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b)
        let m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b)
        let s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b)
        return [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
    }

    private static func encoded(_ linear: Double) -> Double {
        linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
    }
}
