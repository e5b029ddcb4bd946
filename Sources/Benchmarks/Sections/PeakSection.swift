/// `peaks`: the machine's ceilings, on one thread and on all.
public struct PeakSection: BenchmarkSection {
    /// The word `peaks`.
    public static let name = "peaks"

    private let peaks: MachinePeaks
    private let threads: [Int]

    /// The section on one thread and on `threads`.
    public init(_ peaks: MachinePeaks, threads: Int) {
        self.peaks = peaks
        self.threads = threads > 1 ? [1, threads] : [1]
    }

    /// Fused multiply-adds, then reading and copying at every size of working set.
    public func run(_ report: (BenchmarkResult) -> Void) {
        for threads in threads {
            report(
                BenchmarkResult(
                    section: Self.name, name: Self.arithmetic, threads: threads, .rate,
                    peaks.arithmeticPeak(threads: threads)))
        }
        for bytes in peaks.sizes {
            for access in Bandwidth.Access.allCases {
                for threads in threads {
                    report(
                        BenchmarkResult(
                            section: Self.name, name: Self.name(ofWorkingSet: bytes), variant: access.rawValue,
                            threads: threads, .traffic,
                            peaks.bandwidth(access, bytes: bytes, threads: threads)))
                }
            }
        }
    }

    /// The name of the arithmetic peak.
    static let arithmetic = "multiply-add"

    /// `512 KiB`, `8 MiB`.
    static func name(ofWorkingSet bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
