/// The two kinds of drawn digits.
public enum GlyphStyle: String, Sendable, CaseIterable {
    /// Bright strokes on a dark ground, of MNIST's shape.
    case grey
    /// Strokes that are brighter or darker than a coloured ground, of CIFAR-10's shape.
    case color

    /// The shape of every image.
    public var shape: ImageShape {
        switch self {
        case .grey: ImageShape(height: 28, width: 28, channels: 1)
        case .color: ImageShape(height: 32, width: 32, channels: 3)
        }
    }
}
