/// An opaque colour of sRGB.
public struct Color: Hashable, Sendable {
    /// The red component, 0 to 255.
    public let red: UInt8
    /// The green component, 0 to 255.
    public let green: UInt8
    /// The blue component, 0 to 255.
    public let blue: UInt8

    /// The colour of the given components.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// The colour as it is written on the web: `0xRRGGBB`.
    public init(_ code: UInt32) {
        self.init(
            red: UInt8(truncatingIfNeeded: code >> 16), green: UInt8(truncatingIfNeeded: code >> 8),
            blue: UInt8(truncatingIfNeeded: code))
    }

    /// The paper.
    public static let white = Color(0xFFFFFF)
    /// Titles and the strongest text.
    public static let ink = Color(0x222222)
    /// Labels, axes and ticks.
    public static let text = Color(0x3C3C3C)
    /// What is said in passing: subtitles, footnotes.
    public static let muted = Color(0x5E5E5E)
    /// Grid lines.
    public static let grid = Color(0xE4E4E4)
    /// A cell without a value.
    public static let missing = Color(0xE9E9E9)

    /// The colour on the straight way to `other`: itself at 0, the other at 1.
    public func mixed(with other: Color, _ fraction: Double) -> Color {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
            UInt8((Double(a) + (Double(b) - Double(a)) * min(max(fraction, 0), 1)).rounded())
        }
        return Color(red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue))
    }

    /// The relative luminance of WCAG 2.1, 0 (black) to 1 (white), with the gamma curve taken as a square.
    public var luminance: Double {
        func linear(_ component: UInt8) -> Double { Double(component) * Double(component) / 65025 }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// `#rrggbb`.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return [red, green, blue].reduce(into: "#") { $0 += "\(digits[Int($1 >> 4)])\(digits[Int($1 & 15)])" }
    }
}
