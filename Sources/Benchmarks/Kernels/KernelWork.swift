/// What an operation has to do at least: the numbers that rates, traffic and the roofline are made of.
///
/// Operations are those of the equation: a multiply-add is two, an exponential or a power one. Bytes are compulsory: every
/// tensor that goes in is read once, every one that comes out is written once, whatever a kernel does in between.
struct KernelWork: Equatable {
    /// Floating-point operations.
    var operations: Double
    /// Bytes.
    var bytes: Double

    /// Operations for each byte.
    var intensity: Double { operations / bytes }
}

extension KernelWork {
    /// The measurements of an operation that took so long.
    func measurements(
        seconds: Sample, peaks: MachinePeaks, threads: Int, _ make: (BenchmarkMetric, Sample) -> BenchmarkResult
    ) -> [BenchmarkResult] {
        let rate = seconds.map { operations / $0 / 1e9 }
        let bandwidth = peaks.copyBandwidth(forBytes: bytes, threads: threads).maximum * 1e9
        return [
            make(.time, seconds.map { $0 * 1e6 }),
            make(.rate, rate),
            make(.shareOfPeak, peaks.shareOfPeak(rate, threads: threads)),
            make(.traffic, seconds.map { bytes / $0 / 1e9 }),
            make(.shareOfBandwidth, seconds.map { bytes / $0 / bandwidth * 100 }),
            make(.intensity, Sample(exactly: intensity)),
        ]
    }
}
