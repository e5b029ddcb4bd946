/// Owns one slab of floats, aligned to a cache line and filled with zeros.
///
/// Behind the last float lie `slack` more, so that a kernel that loads whole lanes may read past the end of any view.
/// Views (`Matrix`, `Vector`) do not keep their storage alive.
public final class Storage: @unchecked Sendable {
    /// How many floats behind a view's end a kernel may read.
    public static let slack = 64
    /// The alignment of the slab in bytes: a cache line, and the widest vector register.
    public static let alignment = 64

    /// The number of floats that views may cover.
    public let count: Int
    private let base: UnsafeMutablePointer<Float>

    /// A slab of `count` zeros.
    public init(count: Int) {
        precondition(count >= 0, "a storage of \(count) floats")
        let bytes = (count + Storage.slack) * MemoryLayout<Float>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Storage.alignment)
        self.count = count
        base = memory.initializeMemory(as: Float.self, repeating: 0, count: count + Storage.slack)
    }

    deinit {
        base.deallocate()
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
