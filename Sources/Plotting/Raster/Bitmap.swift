/// Pixels of 8-bit sRGB, row by row from the top.
public struct Bitmap: Equatable, Sendable {
    /// The number of pixels in a row.
    public let width: Int
    /// The number of rows.
    public let height: Int
    /// Red, green and blue of each pixel in turn.
    public internal(set) var components: [UInt8]

    /// A bitmap of one colour.
    /// - Precondition: both extents are positive.
    public init(width: Int, height: Int, color: Color = .white) {
        precondition(width > 0 && height > 0, "a bitmap has at least one pixel")
        self.init(width: width, height: height, components: [])
        components.reserveCapacity(width * height * 3)
        for _ in 0..<width * height { components += [color.red, color.green, color.blue] }
    }

    init(width: Int, height: Int, components: [UInt8]) {
        self.width = width
        self.height = height
        self.components = components
    }

    /// The colour of the pixel in a column, from the left, and a row, from the top.
    public subscript(column: Int, row: Int) -> Color {
        get {
            let start = (row * width + column) * 3
            return Color(red: components[start], green: components[start + 1], blue: components[start + 2])
        }
        set {
            let start = (row * width + column) * 3
            components[start] = newValue.red
            components[start + 1] = newValue.green
            components[start + 2] = newValue.blue
        }
    }

    /// Lays a colour over one pixel: 0 leaves it, 1 replaces it. Blends the sRGB components, as browsers do.
    mutating func blend(_ color: Color, at start: Int, opacity: Float) {
        func mix(_ index: Int, _ component: UInt8) {
            let below = Float(components[index])
            components[index] = UInt8((below + (Float(component) - below) * opacity).rounded())
        }
        mix(start, color.red)
        mix(start + 1, color.green)
        mix(start + 2, color.blue)
    }
}

/// A range of whole pixels: the columns and rows that may be changed.
struct PixelBounds: Equatable {
    var columns: Range<Int>
    var rows: Range<Int>

    var isEmpty: Bool { columns.isEmpty || rows.isEmpty }

    func intersection(_ other: PixelBounds) -> PixelBounds {
        PixelBounds(columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
    }

    /// The pixels that a rectangle, in pixels, touches. Coordinates far outside are brought near first, so that none overflows.
    static func touching(left: Double, top: Double, right: Double, bottom: Double) -> PixelBounds {
        func whole(_ value: Double) -> Int { value.isFinite ? Int(min(max(value, -1e6), 1e6)) : 0 }
        let (first, above) = (whole(left.rounded(.down)), whole(top.rounded(.down)))
        return PixelBounds(
            columns: first..<max(first, whole(right.rounded(.up))), rows: above..<max(above, whole(bottom.rounded(.up)))
        )
    }
}
