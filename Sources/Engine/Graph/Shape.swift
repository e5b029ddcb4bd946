/// The shape of one sample at some point of a network, channels last: height × width positions of `channels` values.
///
/// A flat vector of n values is 1 × 1 × n. A batch of samples is a matrix with `batch · positions` rows and `channels`
/// columns, so a dense and a convolutional layer differ only in the number of rows a sample has.
public struct Shape: Hashable, Sendable {
    /// Rows of the map; 1 for a flat vector.
    public let height: Int
    /// Columns of the map; 1 for a flat vector.
    public let width: Int
    /// Values at each position: channels of a map, units of a flat vector.
    public let channels: Int

    /// A map of `height` × `width` positions with `channels` values each.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// A flat vector of `count` values.
    public static func flat(_ count: Int) -> Shape { Shape(height: 1, width: 1, channels: count) }

    /// Positions of one sample: rows that it takes in a batch's matrix.
    public var positions: Int { height * width }
    /// Values of one sample.
    public var count: Int { height * width * channels }
    /// Whether the sample is a vector, with a single position.
    public var isFlat: Bool { height == 1 && width == 1 }
    /// Whether every extent is at least one.
    public var isValid: Bool { height > 0 && width > 0 && channels > 0 }
}

extension Shape: CustomStringConvertible {
    /// `28×28×1` (height × width × channels), or `100` for a flat vector.
    public var description: String { isFlat ? "\(channels)" : "\(height)×\(width)×\(channels)" }
}
