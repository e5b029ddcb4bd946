import Foundation
import Testing

@testable import Kernels

@Suite("Matrix, Vector, Storage")
struct MatrixTests {
    @Test("a matrix is a strided view of its storage")
    func views() {
        let storage = Storage(count: 20)
        let matrix = storage.matrix(offset: 2, rows: 3, columns: 4, stride: 6)
        matrix[1, 3] = 7
        #expect(storage.vector(count: 20)[2 + 6 + 3] == 7)
        #expect(matrix.columns(2..<4)[1, 1] == 7)
        #expect(matrix.rows(1..<2)[0, 3] == 7)
        #expect(matrix.count == 12 && !matrix.isContiguous)
        #expect(matrix.elements == [0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0])
    }

    @Test("storage starts as zeros, slack included, aligned to a cache line")
    func zeros() {
        // What is given back is given out again, as it was left.
        for _ in 0..<8 {
            let storage = Storage(count: 33)
            let start = storage.vector(count: 33).base
            #expect(UInt(bitPattern: start) % UInt(Storage.alignment) == 0)
            let floats = UnsafeMutableBufferPointer(start: start, count: 33 + Storage.slack)
            #expect(floats.allSatisfy { $0 == 0 })
            floats.update(repeating: 1)
            withExtendedLifetime(storage) {}
        }
    }

    @Test("a large storage is zeros too, also where one was given back", arguments: [(1 << 19) - 64, 1_000_003])
    func largeZeros(count: Int) {
        for _ in 0..<3 {
            let storage = Storage(count: count)
            let floats = storage.vector(count: count)
            #expect(floats.elements.allSatisfy { $0 == 0 })
            floats.fill(1)
            #expect(floats.elements.allSatisfy { $0 == 1 })
        }
    }

    @Test("a large storage is given back with its addresses", .enabled(if: addressSpace() != nil))
    func largeIsGivenBack() throws {
        let before = try #require(Self.addressSpace())
        for _ in 0..<1000 { _ = Storage(count: 1 << 24) }
        // 64 GB were asked for in all; other tests of this process ask for some meanwhile.
        #expect(try #require(Self.addressSpace()) - before < 16 << 30)
    }

    /// Bytes of this process's address space; nil where the system does not tell.
    private static func addressSpace() -> Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        return text.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 4096 }
    }

    @Test("joining along columns is two writes into one matrix", arguments: [1, 15, 16, 17, 40])
    func concatenation(columns: Int) {
        let left = TestMatrix(rows: 5, columns: columns, gap: 1, seed: 1)
        let right = TestMatrix(rows: 5, columns: 3, gap: 2, seed: 2)
        let joined = TestMatrix(rows: 5, columns: columns + 3, gap: 4)
        joined.view.columns(0..<columns).copy(from: left.view)
        joined.view.columns(columns..<columns + 3).copy(from: right.view)
        for row in 0..<5 {
            #expect(joined.view[row, 0] == left.view[row, 0])
            #expect(joined.view[row, columns - 1] == left.view[row, columns - 1])
            #expect(joined.view[row, columns + 2] == right.view[row, 2])
        }
        joined.view.columns(0..<columns).add(left.view)
        #expect(joined.view[4, columns - 1] == 2 * left.view[4, columns - 1])
        #expect(joined.view[4, columns] == right.view[4, 0])
        #expect(joined.gapIsUntouched)
    }

    @Test("bulk copies go row after row")
    func bulkCopy() {
        let matrix = TestMatrix(rows: 2, columns: 3, gap: 2)
        matrix.view.copy(from: [1, 2, 3, 4, 5, 6])
        #expect(matrix.view[1, 0] == 4)
        #expect(matrix.view.elements == [1, 2, 3, 4, 5, 6])
        matrix.view.fill(9)
        #expect(matrix.view.elements == [9, 9, 9, 9, 9, 9])
        #expect(matrix.gapIsUntouched)
    }

    @Test("a contiguous matrix has other shapes")
    func reshape() {
        let matrix = TestMatrix([[1, 2, 3], [4, 5, 6]])
        #expect(matrix.view.reshaped(rows: 3, columns: 2)[2, 0] == 5)
        #expect(matrix.view.vector[4] == 5)
        #expect(matrix.view.vector.range(3..<6).elements == [4, 5, 6])
        #expect(matrix.view.vector.matrix(rows: 1, columns: 6)[0, 5] == 6)
    }

    /// All pairs of small views with one stride, against the sets of their elements.
    @Test("views overlap where they have an element in common")
    func overlap() {
        let (storage, stride) = (Storage(count: 64), 8)
        func view(_ offset: Int, _ rows: Int, _ columns: Int) -> (matrix: Matrix, elements: Set<Int>) {
            let elements = (0..<rows).flatMap { row in (0..<columns).map { offset + row * stride + $0 } }
            return (
                storage.matrix(offset: offset, rows: rows, columns: columns, stride: stride), Set(elements)
            )
        }
        let views = (0..<20).flatMap { offset in
            (0...3).flatMap { rows in (0...5).map { view(offset, rows, $0) } }
        }
        let wrong = views.flatMap { one in
            views.filter { one.matrix.overlaps($0.matrix) == one.elements.isDisjoint(with: $0.elements) }
        }
        #expect(wrong.isEmpty)
        let flat = storage.matrix(offset: 4, rows: 8, columns: 4)
        #expect(flat.overlaps(view(0, 3, 4).matrix) && !flat.overlaps(view(40, 2, 4).matrix))
    }
}
