import CProcessor

/// Owns one slab of floats, aligned to a cache line and filled with zeros.
///
/// Behind the last float lie `slack` more, so that a kernel that loads whole lanes may read past the end of any view.
/// Views (`Matrix`, `Vector`) do not keep their storage alive. A large slab comes from the system as it is: pages are filled
/// with zeros one by one, where they are first used.
public final class Storage: @unchecked Sendable {
    /// How many floats behind a view's end a kernel may read.
    public static let slack = 64
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
