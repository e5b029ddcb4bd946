import Kernels

/// `networks`: how many images a second each network trains on and classifies.
public struct NetworkSection: BenchmarkSection {
    /// The word `networks`.
    public static let name = "networks"

    private let networks: [BenchmarkNetwork]
    private let peaks: MachinePeaks
    private let team: Team
    private let effort: Effort
    private let memory: MemoryMeter

    /// The section on networks.
    public init(
        _ networks: [BenchmarkNetwork], peaks: MachinePeaks, team: Team, effort: Effort, memory: MemoryMeter
    ) {
        self.networks = networks
        self.peaks = peaks
        self.team = team
        self.effort = effort
        self.memory = memory
    }

    /// Training, inference and memory of each.
    public func run(_ report: (BenchmarkResult) -> Void) {
        peaks.measureArithmeticPeakAgain(threads: team.threads)
        for subject in networks {
            func make(_ metric: BenchmarkMetric, _ sample: Sample) {
                report(
                    BenchmarkResult(
                        section: Self.name, name: subject.name, variant: subject.variant, batch: subject.batch,
                        threads: team.threads, metric, sample))
            }
            memory.restart()
            let probe = TrainingProbe(subject, team: team)
            let multiplyAdds = Double(subject.network.multiplyAdds)
            let training = probe.trainingRate(effort)
            make(.training, training)
            let trainingRate = training.map { $0 * 6 * multiplyAdds / 1e9 }
            make(.trainingRate, trainingRate)
            make(.trainingShare, peaks.shareOfPeak(trainingRate, threads: team.threads))
            let inference = probe.inferenceRate(effort)
            make(.inference, inference)
            let inferenceRate = inference.map { $0 * 2 * multiplyAdds / 1e9 }
            make(.inferenceRate, inferenceRate)
            make(.inferenceShare, peaks.shareOfPeak(inferenceRate, threads: team.threads))
            make(.plannedMemory, Sample(exactly: Double(probe.plannedBytes) / 1e6))
            if let bytes = memory.peak() { make(.peakMemory, Sample(exactly: Double(bytes) / 1e6)) }
        }
    }
}

/// Tells how much memory the process had at most: the system's business, which is handed in.
public struct MemoryMeter: Sendable {
    /// Begins to measure the peak anew, where the system lets a process do that.
    public let restart: @Sendable () -> Void
    /// The peak since then in bytes; nil where the system does not tell.
    public let peak: @Sendable () -> Int?

    /// A meter of the given functions.
    public init(restart: @escaping @Sendable () -> Void, peak: @escaping @Sendable () -> Int?) {
        self.restart = restart
        self.peak = peak
    }
}
