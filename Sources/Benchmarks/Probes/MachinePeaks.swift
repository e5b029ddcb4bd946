import Kernels

/// What the machine can do at best, each measured on first use and then kept: the ceilings of the roofline.
///
/// A ceiling is the greatest of the repeats: what disturbs one makes it lower, and nothing makes it higher than the machine.
public final class MachinePeaks {
    private let effort: Effort
    private var arithmetic: [Int: Sample] = [:]
    private var bandwidths: [Level: Sample] = [:]

    private struct Level: Hashable {
        let access: Bandwidth.Access
        let bytes: Int
        let threads: Int
    }

    private let measureArithmetic: (_ threads: Int, Effort) -> Sample

    public convenience init(effort: Effort) { self.init(effort: effort, arithmetic: ArithmeticPeak.measure) }

    /// Peaks of which the arithmetic one is measured by a function.
    init(effort: Effort, arithmetic: @escaping (_ threads: Int, Effort) -> Sample) {
        self.effort = effort
        measureArithmetic = arithmetic
    }

    /// Working sets of one thread, in bytes, from the first cache to memory.
    static let workingSets = [16, 32, 128, 512, 2048, 8192, 32_768, 131_072].map { $0 << 10 }

    static let fewWorkingSets = [16, 512].map { $0 << 10 }

    /// The working sets that this run measures.
    var sizes: [Int] { effort.repeatLength > 0 ? Self.workingSets : Self.fewWorkingSets }

    /// Fused multiply-adds on registers, in GFLOP/s.
    func arithmeticPeak(threads: Int) -> Sample {
        if let known = arithmetic[threads] { return known }
        let sample = measureArithmetic(threads, effort)
        arithmetic[threads] = sample
        return sample
    }

    /// Measures the arithmetic peak again and keeps the better: a machine may have been disturbed for all repeats of the
    /// last time. Sections that report shares do it when they begin.
    func measureArithmeticPeakAgain(threads: Int) {
        let known = arithmeticPeak(threads: threads)
        let sample = measureArithmetic(threads, effort)
        if sample.maximum > known.maximum { arithmetic[threads] = sample }
    }

    /// A rate in GFLOP/s as a share of the arithmetic peak, in percent.
    func shareOfPeak(_ rate: Sample, threads: Int) -> Sample {
        let peak = arithmeticPeak(threads: threads).maximum
        return rate.map { $0 / peak * 100 }
    }

    /// Seconds that sharing out a loop costs.
    func teamCost(threads: Int) -> Sample { TeamCost.measure(threads: threads, effort: effort) }

    /// Bytes a second for a working set of a thread, in GB/s.
    func bandwidth(_ access: Bandwidth.Access, bytes: Int, threads: Int) -> Sample {
        let level = Level(access: access, bytes: bytes, threads: threads)
        if let known = bandwidths[level] { return known }
        let sample = Bandwidth.measure(access, bytes: bytes, threads: threads, effort: effort)
        bandwidths[level] = sample
        return sample
    }

    /// Bytes a second of copying, in GB/s, for the measured working set next to `bytes` over all threads.
    func copyBandwidth(forBytes bytes: Double, threads: Int) -> Sample {
        let wanted = max(1, bytes / Double(threads))
        let nearest = sizes.min { Self.distance($0, wanted) < Self.distance($1, wanted) } ?? sizes[0]
        return bandwidth(.copy, bytes: nearest, threads: threads)
    }

    /// How many times larger the one is than the other.
    private static func distance(_ size: Int, _ wanted: Double) -> Double {
        max(Double(size) / wanted, wanted / Double(size))
    }
}

/// The most floating-point operations a second that the machine does: fused multiply-adds on registers alone.
///
/// Twelve independent chains hide the latency of the unit on every machine of today (4 cycles × 2 units need eight). Where
/// sixteen floats take several registers, twelve chains of them do not fit, and narrower vectors are faster: the best of
/// three widths is the peak.
enum ArithmeticPeak {
    /// Floating-point operations a second on the team, in GFLOP/s.
    static func measure(threads: Int, effort: Effort) -> Sample {
        let team = Team(threads: threads)
        let candidates = [
            measure(team, effort, SIMD16<Float>.self), measure(team, effort, SIMD8<Float>.self),
            measure(team, effort, SIMD4<Float>.self),
        ]
        return candidates.max { $0.median < $1.median } ?? candidates[0]
    }

    private static let chains = 12

    private static func measure<V: SIMD & SendableMetatype>(
        _ team: Team, _ effort: Effort, _ type: V.Type
    ) -> Sample where V.Scalar == Float {
        let rounds = effort.repeatLength > 0 ? 400_000 : 4_000
        let operations = Double(2 * chains * V.scalarCount * rounds * team.threads)
        let sums = Storage(count: 16 * team.threads)
        let seconds = Stopwatch(effort).seconds {
            team.forEach(team.threads) { item in
                sums.vector(offset: 16 * item, count: 1)[0] = multiplyAdd(type, rounds: rounds)
            }
        }
        return seconds.map { operations / $0 / 1e9 }
    }

    /// Work of some microseconds that touches no memory.
    static func someMicroseconds() -> Float { multiplyAdd(SIMD16<Float>.self, rounds: 2000) }

    /// Runs the chains; their sum is returned so that nothing is left out.
    @inline(never)
    private static func multiplyAdd<V: SIMD>(_ type: V.Type, rounds: Int) -> Float where V.Scalar == Float {
        // Values that neither grow nor vanish: each step is a ← a·x + y with x just below one.
        let x = V(repeating: 0.999_999)
        let y = V(repeating: 1e-6)
        var (a, b, c, d) = (V(repeating: 1), V(repeating: 2), V(repeating: 3), V(repeating: 4))
        var (e, f, g, h) = (V(repeating: 5), V(repeating: 6), V(repeating: 7), V(repeating: 8))
        var (i, j, k, l) = (V(repeating: 9), V(repeating: 10), V(repeating: 11), V(repeating: 12))
        for _ in 0..<rounds {
            a = y.addingProduct(a, x)
            b = y.addingProduct(b, x)
            c = y.addingProduct(c, x)
            d = y.addingProduct(d, x)
            e = y.addingProduct(e, x)
            f = y.addingProduct(f, x)
            g = y.addingProduct(g, x)
            h = y.addingProduct(h, x)
            i = y.addingProduct(i, x)
            j = y.addingProduct(j, x)
            k = y.addingProduct(k, x)
            l = y.addingProduct(l, x)
        }
        let sum = (a + b + c) + (d + e + f) + (g + h + i) + (j + k + l)
        return sum.sum()
    }
}

/// What it costs to share a loop out: the time by which a loop of one item a thread, on all threads, is longer than one
/// item on one thread.
enum TeamCost {
    /// Seconds of starting and joining a team of some threads that are awake.
    static func measure(threads: Int, effort: Effort) -> Sample {
        let (alone, team) = (Team(threads: 1), Team(threads: threads))
        let sums = Storage(count: 16 * threads)
        // Items of some microseconds, as those of small layers: threads stay awake from loop to loop.
        @Sendable func work(_ item: Int) {
            sums.vector(offset: 16 * item, count: 1)[0] = ArithmeticPeak.someMicroseconds()
        }
        let (one, all, _) = Stopwatch(effort).pairs({ alone.forEach(1, work) }, { team.forEach(threads, work) })
        return all.map { max($0 - one.median, 0) }
    }
}
