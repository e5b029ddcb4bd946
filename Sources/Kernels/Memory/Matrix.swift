/// Rows × columns of floats in memory that somebody else owns: row-major, with `stride` floats from row to row.
///
/// Activations are matrices whose rows are the positions (image, y, x) and whose columns are the channels; a flat
/// layer has one row per sample. A sub-range of columns is again a matrix, so joining tensors along their channels
/// costs no copy.
///
/// A matrix is a borrowed, mutable view: copying it copies no floats, and whoever made the memory keeps it alive.
/// Kernels load whole lanes, so the memory must stay readable for `Storage.slack` floats behind the last element;
/// `Storage` provides that. What lies between the columns and the stride is read but never written, and its value
/// never matters.
public struct Matrix: @unchecked Sendable {
    /// The first element.
    let base: UnsafeMutablePointer<Float>
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The number of floats from one row to the next, at least `columns`.
    public let stride: Int

    /// A view of memory from `base` on.
    ///
    /// - Parameter base: At least `(rows - 1) * stride + columns + Storage.slack` readable floats.
    public init(_ base: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int) {
        precondition(rows >= 0 && columns >= 0, "a matrix of \(rows)×\(columns)")
        precondition(stride >= columns, "a stride of \(stride) in a matrix of \(columns) columns")
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride
    }

    /// The number of elements.
    public var count: Int { rows * columns }

    /// Whether the rows follow one another without a gap.
    public var isContiguous: Bool { stride == columns || rows <= 1 }

    /// One element. Bounds-checked: for tests and edges, not for loops over tensors.
    public subscript(row: Int, column: Int) -> Float {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "(\(row), \(column)) is outside")
            return base[row * stride + column]
        }
        nonmutating set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns, "(\(row), \(column)) is outside")
            base[row * stride + column] = newValue
        }
    }

    /// The same rows, restricted to some columns.
    public func columns(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of \(columns)")
        return Matrix(base + range.lowerBound, rows: rows, columns: range.count, stride: stride)
    }

    /// Some of the rows.
    public func rows(_ range: Range<Int>) -> Matrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return Matrix(base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride)
    }

    /// The same elements in the same order under another shape.
    ///
    /// - Precondition: The matrix is contiguous and the number of elements stays.
    public func reshaped(rows: Int, columns: Int) -> Matrix {
        precondition(isContiguous, "only a contiguous matrix has another shape")
        precondition(rows * columns == count, "\(self.rows)×\(self.columns) is not \(rows)×\(columns)")
        return Matrix(base, rows: rows, columns: columns, stride: columns)
    }

    /// The elements as one vector.
    ///
    /// - Precondition: The matrix is contiguous.
    public var vector: Vector {
        precondition(isContiguous, "only a contiguous matrix is a vector")
        return Vector(base, count: count)
    }
}

extension Matrix {
    /// Sets every element.
    public func fill(_ value: Float) {
        for row in 0..<rows {
            (base + row * stride).update(repeating: value, count: columns)
        }
    }

    /// Copies the elements of a matrix of the same shape.
    public func copy(from source: Matrix) {
        requireSameShape(source)
        guard !isContiguous || !source.isContiguous else { return base.update(from: source.base, count: count) }
        for row in 0..<rows {
            (base + row * stride).update(from: source.base + row * source.stride, count: columns)
        }
    }

    /// Copies the elements, row after row.
    ///
    /// - Precondition: `source` holds exactly `count` floats.
    public func copy(from source: Span<Float>) {
        precondition(source.count == count, "\(source.count) floats for a matrix of \(rows)×\(columns)")
        source.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            // An image of one channel has as many rows as pixels: they are copied in one go.
            guard !isContiguous else { return base.update(from: start, count: count) }
            for row in 0..<rows {
                (base + row * stride).update(from: start + row * columns, count: columns)
            }
        }
    }

    /// Hands out the elements, row after row, to be written.
    ///
    /// - Precondition: The matrix is contiguous.
    public func withMutableSpan<Result>(_ body: (inout MutableSpan<Float>) -> Result) -> Result {
        precondition(isContiguous, "the rows of a part of a matrix do not follow one another")
        var span = UnsafeMutableBufferPointer(start: base, count: count).mutableSpan
        return body(&span)
    }

    /// Copies the elements of an array, row after row, on the team.
    ///
    /// - Precondition: `source` holds exactly `count` floats.
    public func copy(from source: [Float], team: Team) {
        precondition(source.count == count, "\(source.count) floats for a matrix of \(rows)×\(columns)")
        team.forEachPart(of: rows, size: max(1, 8192 / max(columns, 1))) { part in
            let floats = part.lowerBound * columns..<part.upperBound * columns
            rows(part).copy(from: source.span.extracting(floats))
        }
    }

    /// Copies the elements of an array, row after row.
    ///
    /// - Precondition: `source` holds exactly `count` floats.
    public func copy(from source: [Float]) {
        copy(from: source.span)
    }

    /// Adds a matrix of the same shape, element by element.
    public func add(_ other: Matrix) {
        requireSameShape(other)
        for row in 0..<rows {
            let target = base + row * stride
            let source = other.base + row * other.stride
            for column in Swift.stride(from: 0, to: columns, by: Lane.width) {
                let sum = target.lane(at: column) + source.lane(at: column)
                target.store(sum, at: column, first: columns - column)
            }
        }
    }

    /// The elements, row after row.
    public var elements: [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let start = buffer.baseAddress, isContiguous {
                start.initialize(from: base, count: count)
            } else if let start = buffer.baseAddress {
                for row in 0..<rows {
                    (start + row * columns).initialize(from: base + row * stride, count: columns)
                }
            }
            initialized = count
        }
    }

    /// Traps unless the other matrix has this one's shape (strides may differ).
    @inline(__always)
    func requireSameShape(_ other: Matrix) {
        precondition(
            rows == other.rows && columns == other.columns,
            "\(rows)×\(columns) and \(other.rows)×\(other.columns) do not match")
    }
}
