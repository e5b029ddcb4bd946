import CProcessor

/// What the results of this module depend on.
public enum Numerics {
    /// The version of every formula, reduction partition and random stream in this module.
    ///
    /// Two builds with the same version give the same bits for the same arguments, whatever the number of threads,
    /// the instruction set or the optimization level. A change that alters any bit raises it.
    public static let version = 3

    /// The rows that one chain of additions down a column runs over: sums, moments and weight gradients of more rows are
    /// those of blocks of so many, joined in order. It decides bits, and so is a part of ``version``.
    static let rowsPerBlock = 256

    /// The blocks of so many rows.
    static func blocks(of rows: Int) -> Int { (rows + rowsPerBlock - 1) / rowsPerBlock }

    /// The rows of one of them.
    static func rows(ofBlock block: Int, in rows: Int) -> Range<Int> {
        block * rowsPerBlock..<min((block + 1) * rowsPerBlock, rows)
    }

    /// About how many floats of small images have their parameter gradients added up in one chain. It decides bits too.
    static let floatsPerChain = 16_384
}

/// Owns one slab of floats, aligned to a cache line and filled with zeros.
///
/// Behind the last float lie `slack` more, so that a kernel that loads whole lanes may read past the end of any view.
/// Views (`Matrix`, `Vector`) do not keep their storage alive. A large slab comes from the system as it is: pages are filled
/// with zeros one by one, where they are first used.
public final class Storage: @unchecked Sendable {
    /// How many floats behind the storage's end a kernel may read.
    public static let slack = 64
    /// How many floats behind a view's end a kernel may load with its last lane, and drop.
    public static let reach = Lane.width
    /// The alignment of the slab in bytes: a cache line, and the widest vector register.
    public static let alignment = 64

    /// The number of floats that views may cover.
    public let count: Int
    private let base: UnsafeMutablePointer<Float>
    private let isMapped: Bool

    /// A slab of `count` zeros.
    public init(count: Int) {
        precondition(count >= 0, "a storage of \(count) floats")
        self.count = count
        let floats = count + Storage.slack
        let bytes = floats * MemoryLayout<Float>.stride
        let mapped = bytes >= Int(LARGE_PAGE_BYTES) ? pages_map(bytes) : nil
        isMapped = mapped != nil
        if let mapped {
            base = mapped.bindMemory(to: Float.self, capacity: floats)
        } else {
            let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Storage.alignment)
            base = memory.initializeMemory(as: Float.self, repeating: 0, count: floats)
        }
    }

    deinit {
        if isMapped {
            pages_unmap(base, (count + Storage.slack) * MemoryLayout<Float>.stride)
        } else {
            base.deallocate()
        }
    }

    /// A matrix from the float at `offset` on; `stride` defaults to the number of columns.
    public func matrix(offset: Int = 0, rows: Int, columns: Int, stride: Int? = nil) -> Matrix {
        let stride = stride ?? columns
        let extent = rows == 0 ? 0 : (rows - 1) * stride + columns
        precondition(offset >= 0 && offset + extent <= count, "\(rows)×\(columns) at \(offset) in \(count) floats")
        return Matrix(base + offset, rows: rows, columns: columns, stride: stride)
    }

    /// A vector from the float at `offset` on.
    public func vector(offset: Int = 0, count: Int) -> Vector {
        precondition(offset >= 0 && offset + count <= self.count, "\(count) at \(offset) in \(self.count) floats")
        return Vector(base + offset, count: count)
    }
}

/// Contiguous floats in memory that belongs to a ``Storage``: biases, statistics, scratch space.
///
/// As with `Matrix`, a copy is another view, and `Storage.slack` floats behind the end must be readable.
public struct Vector: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    public let count: Int

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

    public func range(_ range: Range<Int>) -> Vector {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of \(count)")
        return Vector(base + range.lowerBound, count: range.count)
    }

    /// The elements as a matrix, row after row.
    public func matrix(rows: Int, columns: Int) -> Matrix {
        precondition(rows * columns == count, "\(count) elements are not \(rows)×\(columns)")
        return Matrix(base, rows: rows, columns: columns, stride: columns)
    }

    public func fill(_ value: Float) {
        base.update(repeating: value, count: count)
    }

    public func copy(from source: Vector) {
        precondition(source.count == count, "\(source.count) elements for \(count)")
        base.update(from: source.base, count: count)
    }

    public func copy(from source: [Float]) {
        precondition(source.count == count, "\(source.count) elements for \(count)")
        source.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            base.update(from: start, count: count)
        }
    }

    public var elements: [Float] {
        Array(UnsafeBufferPointer(start: base, count: count))
    }
}

/// Rows × columns of floats in memory that belongs to a ``Storage``: row-major, with `stride` floats from row to row.
///
/// Activations are matrices whose rows are the positions (image, y, x) and whose columns are the channels; a flat
/// layer has one row per sample. A sub-range of columns is again a matrix, so joining tensors along their channels
/// costs no copy.
///
/// A matrix is a borrowed, mutable view: copying it copies no floats, and the owner of the memory keeps it alive.
/// Kernels load whole lanes, so the memory must stay readable for `Storage.slack` floats behind the last element;
/// `Storage` provides that. What lies between the columns and the stride is read but never written, and its value
/// never matters.
public struct Matrix: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    public let rows: Int
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

    /// Traps unless the matrix, which is `name` of what is computed, has this shape.
    @inline(__always)
    func requireShape(_ rows: Int, _ columns: Int, _ name: @autoclosure () -> String) {
        precondition(
            self.rows == rows && self.columns == columns,
            "\(name()) is \(self.rows)×\(self.columns), not \(rows)×\(columns)")
    }

    /// Traps unless the other matrix has this one's shape (strides may differ).
    @inline(__always)
    func requireSameShape(_ other: Matrix) {
        precondition(
            rows == other.rows && columns == other.columns,
            "\(rows)×\(columns) and \(other.rows)×\(other.columns) do not match")
    }

    /// Whether any element is in both; columns of one matrix side by side have none in common.
    ///
    /// Matrices of different strides count as overlapping where their extents do.
    public func overlaps(_ other: Matrix) -> Bool {
        guard count > 0 && other.count > 0 else { return false }
        let distance = other.base - base
        let extent = (rows - 1) * stride + columns
        guard distance < extent && -distance < (other.rows - 1) * other.stride + other.columns else { return false }
        guard stride == other.stride else { return true }
        // Where the other's first column is in a row of this one.
        let column = ((distance % stride) + stride) % stride
        return column < columns || column + other.columns > stride
    }
}
