import Kernels

/// How many bytes a second the machine reads, and copies, from a working set of a size: from the nearest cache to memory.
///
/// Each thread has a working set of its own, as each core has caches of its own. Reading sums sixteen floats at a time
/// into eight sums; copying counts the bytes read and the bytes written (not the read of the target's lines that some
/// machines do before a write).
enum Bandwidth {
    /// What is done with the working set.
    enum Access: String, CaseIterable {
        /// Every byte is read once.
        case read
        /// Half of the working set is copied onto the other half.
        case copy
    }

    /// Bytes a second over all threads, in GB/s, for a working set of `bytes` in each thread.
    static func measure(_ access: Access, bytes: Int, threads: Int, effort: Effort) -> Sample {
        let team = Team(threads: threads)
        let count = max(1024, bytes / 1024 * 1024)
        let memories = (0..<threads).map { _ in ProbeMemory(bytes: count) }
        // Sets so small that waking the threads would show are gone through many times by each.
        let rounds = max(1, (effort.repeatLength > 0 ? 1 << 22 : 1 << 16) / count)
        let seconds = Stopwatch(effort).seconds {
            team.forEach(threads) { item in
                switch access {
                case .read: memories[item].read(rounds: rounds)
                case .copy: memories[item].copyHalf(rounds: rounds)
                }
            }
        }
        let moved = Double(count * rounds * threads)
        return seconds.map { moved / $0 / 1e9 }
    }
}

/// The working set of one thread.
private final class ProbeMemory: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    private let bytes: Int
    /// What reading found, so that it can't be left out.
    private var sum: Float = 0

    init(bytes: Int) {
        self.bytes = bytes
        base = .allocate(byteCount: bytes, alignment: 4096)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    }

    deinit { base.deallocate() }

    @inline(never)
    func copyHalf(rounds: Int) {
        for _ in 0..<rounds { (base + bytes / 2).copyMemory(from: base, byteCount: bytes / 2) }
    }

    @inline(never)
    func read(rounds: Int) {
        typealias Lane = SIMD16<Float>
        var (a, b, c, d) = (Lane(), Lane(), Lane(), Lane())
        var (e, f, g, h) = (Lane(), Lane(), Lane(), Lane())
        let start = UnsafeRawPointer(base)
        for _ in 0..<rounds {
            for offset in stride(from: 0, to: bytes, by: 512) {
                a += start.load(fromByteOffset: offset, as: Lane.self)
                b += start.load(fromByteOffset: offset + 64, as: Lane.self)
                c += start.load(fromByteOffset: offset + 128, as: Lane.self)
                d += start.load(fromByteOffset: offset + 192, as: Lane.self)
                e += start.load(fromByteOffset: offset + 256, as: Lane.self)
                f += start.load(fromByteOffset: offset + 320, as: Lane.self)
                g += start.load(fromByteOffset: offset + 384, as: Lane.self)
                h += start.load(fromByteOffset: offset + 448, as: Lane.self)
            }
        }
        sum += ((a + b) + (c + d) + ((e + f) + (g + h))).sum()
    }
}
