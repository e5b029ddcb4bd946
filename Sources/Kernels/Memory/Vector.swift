/// Contiguous floats in memory that somebody else owns: biases, statistics, scratch space.
///
/// As with `Matrix`, a copy is another view, and `Storage.slack` floats behind the end must be readable.
public struct Vector: @unchecked Sendable {
    /// The first element.
    let base: UnsafeMutablePointer<Float>
    /// The number of elements.
    public let count: Int

    /// A view of `count` floats from `base` on.
    public init(_ base: UnsafeMutablePointer<Float>, count: Int) {
        precondition(count >= 0, "a vector of \(count) elements")
        self.base = base
        self.count = count
    }

    /// One element. Bounds-checked: for tests and edges, not for loops over tensors.
    public subscript(index: Int) -> Float {
        get {
            precondition(index >= 0 && index < count, "element \(index) of \(count)")
            return base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "element \(index) of \(count)")
            base[index] = newValue
        }
    }

    /// Some of the elements.
    public func range(_ range: Range<Int>) -> Vector {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
        return Vector(base + range.lowerBound, count: range.count)
    }

    /// The elements as a matrix, row after row.
    public func matrix(rows: Int, columns: Int) -> Matrix {
        precondition(rows * columns == count, "\(count) elements are not \(rows)×\(columns)")
        return Matrix(base, rows: rows, columns: columns, stride: columns)
    }

    /// Sets every element.
    public func fill(_ value: Float) {
        base.update(repeating: value, count: count)
    }

    /// Copies a vector of the same length.
    public func copy(from source: Vector) {
        precondition(source.count == count, "\(source.count) elements for \(count)")
        base.update(from: source.base, count: count)
    }

    /// Copies an array of the same length.
    public func copy(from source: [Float]) {
        precondition(source.count == count, "\(source.count) elements for \(count)")
        source.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            base.update(from: start, count: count)
        }
    }

    /// The elements.
    public var elements: [Float] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }
}
