/// A tensor with a name, as a file holds it: row-major elements.
public struct NamedTensor: Equatable, Sendable {
    /// The elements of a tensor.
    public enum Elements: Equatable, Sendable {
        /// Single-precision numbers.
        case floats([Float])
        /// Whole numbers.
        case integers([Int64])
    }

    /// The name, unique in its file.
    public let name: String
    /// The extents, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The elements, as many as the product of the extents.
    public let elements: Elements

    /// A tensor of the given parts.
    public init(name: String, shape: [Int], elements: Elements) {
        self.name = name
        self.shape = shape
        self.elements = elements
    }

    /// A tensor of floats.
    public init(name: String, shape: [Int], values: [Float]) {
        self.init(name: name, shape: shape, elements: .floats(values))
    }

    /// The number of elements.
    public var count: Int {
        switch elements {
        case .floats(let values): values.count
        case .integers(let values): values.count
        }
    }

    /// The elements as floats; nil for whole numbers.
    public var values: [Float]? {
        if case .floats(let values) = elements { values } else { nil }
    }
}
