import Engine
import Kernels

/// A part of the benchmark: measures some things and reports each number as it is known.
public protocol BenchmarkSection {
    /// The word that selects it, and the stem of its CSV file.
    static var name: String { get }
    /// Measures, and reports each number as it is known.
    ///
    /// - Throws: what keeps a section from measuring at all.
    func run(_ report: (BenchmarkResult) -> Void) throws
}

/// `networks`: how many images a second each network trains on and classifies.
public struct NetworkSection: BenchmarkSection {
    public static let name = "networks"

    private let networks: [BenchmarkNetwork]
    private let peaks: MachinePeaks
    private let team: Team
    private let effort: Effort
    private let memory: MemoryMeter

    public init(
        _ networks: [BenchmarkNetwork], peaks: MachinePeaks, team: Team, effort: Effort, memory: MemoryMeter
    ) {
        self.networks = networks
        self.peaks = peaks
        self.team = team
        self.effort = effort
        self.memory = memory
    }

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
            let (trained, evaluated) = (subject.operations(trained: 1), subject.operations(evaluated: 1))
            let training = probe.trainingRate(effort)
            make(.training, training)
            make(.trainingEffectiveRate, training.map { $0 * trained.effective / 1e9 })
            let trainingRate = training.map { $0 * trained.performed / 1e9 }
            make(.trainingRate, trainingRate)
            make(.trainingShare, peaks.shareOfPeak(trainingRate, threads: team.threads))
            let inference = probe.inferenceRate(effort)
            make(.inference, inference)
            make(.inferenceEffectiveRate, inference.map { $0 * evaluated.effective / 1e9 })
            let inferenceRate = inference.map { $0 * evaluated.performed / 1e9 }
            make(.inferenceRate, inferenceRate)
            make(.inferenceShare, peaks.shareOfPeak(inferenceRate, threads: team.threads))
            make(.plannedMemory, Sample(exactly: Double(probe.plannedBytes) / 1e6))
            if let bytes = memory.peak() { make(.peakMemory, Sample(exactly: Double(bytes) / 1e6)) }
        }
    }
}

/// Measures the process's peak memory by functions of the system, which are passed in.
public struct MemoryMeter: Sendable {
    /// Resets the peak, where the system lets a process do that.
    public let restart: @Sendable () -> Void
    /// The peak since then in bytes; nil where the system does not tell.
    public let peak: @Sendable () -> Int?

    public init(restart: @escaping @Sendable () -> Void, peak: @escaping @Sendable () -> Int?) {
        self.restart = restart
        self.peak = peak
    }
}

/// `layers`: where the time of a training step goes, node by node, each in its place in the step.
public struct LayerSection: BenchmarkSection {
    public static let name = "layers"

    private let networks: [BenchmarkNetwork]
    private let team: Team
    private let effort: Effort

    public init(_ networks: [BenchmarkNetwork], team: Team, effort: Effort) {
        self.networks = networks
        self.team = team
        self.effort = effort
    }

    /// Each node's forward and backward pass and its share of the sum over all.
    public func run(_ report: (BenchmarkResult) -> Void) {
        for subject in networks { measure(subject, report) }
    }

    /// The sums over all nodes of a kind, the longest first.
    private func reportKinds(
        _ nodes: [(kind: String, forward: Double, backward: Double)], of subject: BenchmarkNetwork,
        _ report: (BenchmarkResult) -> Void
    ) {
        var sums: [String: (forward: Double, backward: Double)] = [:]
        for node in nodes {
            sums[node.kind, default: (0, 0)].forward += node.forward
            sums[node.kind, default: (0, 0)].backward += node.backward
        }
        let total = sums.values.reduce(0) { $0 + $1.forward + $1.backward }
        func length(_ sum: (forward: Double, backward: Double)) -> Double { sum.forward + sum.backward }
        for (kind, sum) in sums.sorted(by: { length($0.value) > length($1.value) }) {
            let numbers: [(BenchmarkMetric, Double)] = [
                (.forward, sum.forward * 1e6), (.backward, sum.backward * 1e6),
                (.shareOfStep, length(sum) / total * 100),
            ]
            for (metric, number) in numbers {
                report(
                    BenchmarkResult(
                        section: Self.name, name: "\(subject.name)\(Self.kindMark)\(kind)", variant: subject.variant,
                        batch: subject.batch, threads: team.threads, metric, Sample(exactly: number)))
            }
        }
    }

    /// What stands between a network's name and a kind of layer.
    static let kindMark = ": "

    private func measure(_ subject: BenchmarkNetwork, _ report: (BenchmarkResult) -> Void) {
        let timer = LayerTimer(model: Model(subject.network, seed: 1), batch: subject.batch, team: team)
        let batches = RandomBatches(
            batch: subject.batch, values: subject.network.input.count, classes: subject.network.classes, team: team)
        var step = 0
        func run(_ steps: Int) -> [LayerTiming] {
            timer.run(steps: steps) { matrix, labels in
                batches.fill(step: step, matrix, &labels)
                step += 1
            }
        }
        let pilot = Stopwatch(effort).seconds { _ = run(1) }
        let length = effort.repeatLength * Double(effort.repeats)
        let timings = run(max(effort.repeats, min(200, Int(length / pilot.median))))
        let nodes = timings.map { (timing: $0, forward: Sample($0.forward), backward: Sample($0.backward)) }
        let total = nodes.reduce(0) { $0 + $1.forward.median + $1.backward.median }
        reportKinds(nodes.map { ($0.timing.kind, $0.forward.median, $0.backward.median) }, of: subject, report)
        for node in nodes {
            func make(_ metric: BenchmarkMetric, _ sample: Sample) {
                report(
                    BenchmarkResult(
                        section: Self.name, name: "\(subject.name)/\(node.timing.name)", variant: subject.variant,
                        batch: subject.batch, threads: team.threads, metric, sample))
            }
            let both = node.forward.median + node.backward.median
            make(.forward, node.forward.map { $0 * 1e6 })
            make(.backward, node.backward.map { $0 * 1e6 })
            make(.shareOfStep, Sample(exactly: both / total * 100))
            if node.timing.multiplyAdds > 0 {
                make(.effectiveRate, Sample(exactly: 6 * Double(node.timing.multiplyAdds) / both / 1e9))
            }
        }
    }
}
