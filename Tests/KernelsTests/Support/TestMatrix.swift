import Kernels
import Synchronization
import Testing

/// A matrix with memory of its own for tests: random contents, a gap behind each row filled with NaN.
///
/// The NaNs prove two things: kernels may read the gap but must not let it into a result, and must not write it.
struct TestMatrix {
    let storage: Storage
    let view: Matrix

    /// A matrix of uniform numbers in [−1, 1), or of zeros where `seed` is nil.
    init(rows: Int, columns: Int, gap: Int = 0, seed: UInt64? = nil) {
        let stride = columns + gap
        storage = Keeper.storage(count: max(rows * stride, 1) + 2 * gap)
        let everything = storage.vector(count: storage.count)
        everything.fill(gap > 0 ? .nan : 0)
        view = storage.matrix(rows: rows, columns: columns, stride: stride)
        view.fill(0)
        guard let seed else { return }
        var generator = SplitMix(seed: seed)
        for row in 0..<rows {
            for column in 0..<columns {
                view[row, column] = generator.symmetric()
            }
        }
    }

    /// A matrix of given contents.
    init(_ rows: [[Float]], gap: Int = 0) {
        self.init(rows: rows.count, columns: rows.first?.count ?? 0, gap: gap)
        view.copy(from: rows.flatMap { $0 })
    }

    /// Multiplies every element.
    func scale(by factor: Float) {
        for row in 0..<rows { for column in 0..<columns { view[row, column] *= factor } }
    }

    var rows: Int { view.rows }
    var columns: Int { view.columns }

    /// The elements in Double.
    var doubles: [[Double]] {
        let elements = view.elements
        return (0..<rows).map { row in elements[row * columns..<(row + 1) * columns].map(Double.init) }
    }

    /// The bits of the elements.
    var bits: [UInt32] { view.elements.map(\.bitPattern) }

    /// Whether everything between the rows is still NaN.
    var gapIsUntouched: Bool {
        let all = storage.vector(count: storage.count)
        for row in 0..<rows {
            for index in row * view.stride + columns..<(row + 1) * view.stride where !all[index].isNaN {
                return false
            }
        }
        return true
    }
}

/// A vector with memory of its own for tests.
struct TestVector {
    let storage: Storage
    let view: Vector

    /// Uniform numbers in [−1, 1), or zeros where `seed` is nil.
    init(count: Int, seed: UInt64? = nil) {
        storage = Keeper.storage(count: max(count, 1))
        view = storage.vector(count: count)
        guard let seed else { return }
        var generator = SplitMix(seed: seed)
        for index in 0..<count {
            view[index] = generator.symmetric()
        }
    }

    /// Given contents.
    init(_ elements: [Float]) {
        self.init(count: elements.count)
        view.copy(from: elements)
    }

    var doubles: [Double] { view.elements.map(Double.init) }
    var bits: [UInt32] { view.elements.map(\.bitPattern) }

    /// Scratch space full of NaN: what a kernel does not write itself must not matter.
    static func scratch(_ count: Int) -> TestVector {
        let vector = TestVector(count: count)
        vector.view.fill(.nan)
        return vector
    }
}

/// A generator for test inputs that shares nothing with the module under test.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A float in [−1, 1).
    mutating func symmetric() -> Float {
        Float(next() >> 40) * 0x1p-23 - 1
    }
}

/// Keeps the memory of all tests until the process ends, because views do not.
enum Keeper {
    private static let kept = Mutex<[Storage]>([])

    static func storage(count: Int) -> Storage {
        let storage = Storage(count: count)
        kept.withLock { $0.append(storage) }
        return storage
    }
}

/// Teams of one, two and three threads: results must be the same bits on all of them.
let teams = [Team(threads: 1), Team(threads: 2), Team(threads: 3)]

/// Expects every element within `tolerance` of a reference.
func expectClose(
    _ matrix: TestMatrix, _ reference: [[Double]], tolerance: Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    expectClose(
        matrix.view.elements, reference.flatMap { $0 }, tolerance: tolerance, comment, sourceLocation: sourceLocation)
    #expect(matrix.gapIsUntouched, comment, sourceLocation: sourceLocation)
}

/// Expects every element within `tolerance` of a reference.
func expectClose(
    _ elements: [Float], _ reference: [Double], tolerance: Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(elements.count == reference.count, comment, sourceLocation: sourceLocation)
    var worst = (index: 0, error: 0.0)
    for (index, (found, expected)) in zip(elements, reference).enumerated() {
        let error = abs(Double(found) - expected)
        if !(error <= worst.error) { worst = (index, error) }
    }
    guard !elements.isEmpty else { return }
    #expect(
        worst.error <= tolerance,
        "element \(worst.index): \(elements[worst.index]), not \(reference[worst.index]) \(comment.map { "\($0)" } ?? "")",
        sourceLocation: sourceLocation)
}

/// Runs a computation on each team and expects the same bits; returns them.
@discardableResult
func expectSameBits(
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation, _ compute: (Team) -> [UInt32]
) -> [UInt32] {
    let results = teams.map(compute)
    for result in results.dropFirst() {
        #expect(result == results[0], comment, sourceLocation: sourceLocation)
    }
    return results[0]
}
