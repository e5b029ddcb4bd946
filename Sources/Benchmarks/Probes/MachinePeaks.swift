/// What the machine can do at best, each measured when it is first asked for and then kept: the ceilings of the roofline.
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

    /// Peaks measured with an effort.
    public convenience init(effort: Effort) { self.init(effort: effort, arithmetic: ArithmeticPeak.measure) }

    /// Peaks of which the arithmetic one is measured by a function.
    init(effort: Effort, arithmetic: @escaping (_ threads: Int, Effort) -> Sample) {
        self.effort = effort
        measureArithmetic = arithmetic
    }

    /// Working sets of one thread, in bytes, from the first cache to memory.
    static let workingSets = [16, 32, 128, 512, 2048, 8192, 32_768, 131_072].map { $0 << 10 }

    /// Working sets of a quick run.
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
