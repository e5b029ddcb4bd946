import Engine
import Kernels

/// `scaling`: training speed and memory against the batch, the width, the size of images, and threads.
public struct ScalingSection: BenchmarkSection {
    public static let name = "scaling"

    private let networks: [BenchmarkNetwork]
    private let threads: Int
    private let effort: Effort
    private let memory: MemoryMeter
    private var isQuick: Bool { effort.repeatLength == 0 }

    /// The section: networks against batch and threads, and networks of its own against width and size.
    public init(_ networks: [BenchmarkNetwork], threads: Int, effort: Effort, memory: MemoryMeter) {
        self.networks = networks
        self.threads = threads
        self.effort = effort
        self.memory = memory
    }

    public func run(_ report: (BenchmarkResult) -> Void) throws {
        let team = Team(threads: threads)
        for subject in networks {
            for batch in isQuick ? [1, 2] : [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] {
                measure(subject, "batch", batch: batch, team, report)
            }
        }
        for subject in networks {
            for threads in Self.threadCounts(upTo: threads) {
                measure(subject, "threads", batch: subject.batch, Team(threads: threads), report)
            }
        }
        let widths = isQuick ? [4] : [8, 16, 32, 64, 128]
        let sizes = isQuick ? [8] : [8, 16, 32, 64]
        for width in widths { try measureFamily("width", width: width, size: isQuick ? 8 : 32, team, report) }
        for size in sizes { try measureFamily("size", width: isQuick ? 4 : 32, size: size, team, report) }
    }

    /// 1, 2, 4, 8 and so on, and the limit itself.
    static func threadCounts(upTo limit: Int) -> [Int] {
        var counts = [1]
        while let last = counts.last, last * 2 < limit { counts.append(last * 2) }
        return limit > 1 ? counts + [limit] : counts
    }

    private func measureFamily(
        _ axis: String, width: Int, size: Int, _ team: Team, _ report: (BenchmarkResult) -> Void
    ) throws {
        let subject = try ScalingNetworks.network(width: width, size: size, batch: 32)
        measure(subject, "\(axis) \(axis == "width" ? width : size)", batch: subject.batch, team, report)
    }

    private func measure(
        _ subject: BenchmarkNetwork, _ axis: String, batch: Int, _ team: Team, _ report: (BenchmarkResult) -> Void
    ) {
        memory.restart()
        let probe = TrainingProbe(subject, batch: batch, team: team)
        let rate = probe.trainingRate(effort)
        func make(_ metric: BenchmarkMetric, _ sample: Sample) {
            report(
                BenchmarkResult(
                    section: Self.name, name: "\(subject.name)/\(subject.variant)", variant: axis, batch: batch,
                    threads: team.threads, metric, sample))
        }
        make(.steps, rate.map { $0 / Double(batch) })
        make(.training, rate)
        let operations = subject.operations(trained: 1)
        make(.trainingEffectiveRate, rate.map { $0 * operations.effective / 1e9 })
        make(.trainingRate, rate.map { $0 * operations.performed / 1e9 })
        make(.plannedMemory, Sample(exactly: Double(probe.plannedBytes) / 1e6))
        if let bytes = memory.peak() { make(.peakMemory, Sample(exactly: Double(bytes) / 1e6)) }
    }
}

/// Networks of one family whose width and image size can be chosen: two 3 × 3 convolutions with batch normalization, the
/// second with twice the channels at half the resolution, a mean over all positions and ten scores.
enum ScalingNetworks {
    /// The network with `width` channels in its first convolution, on square colour images of `size` pixels each way.
    static func network(width: Int, size: Int, batch: Int) throws(NetworkError) -> BenchmarkNetwork {
        func block(_ name: String, _ channels: Int) -> [Node] {
            [
                Node(name: name, layer: Convolution(channels: channels, kernel: 3, pad: 1, weight: He())),
                Node(name: "\(name)/normalize", layer: BatchNormalization()),
                Node(name: "\(name)/activate", layer: Rectifier()),
            ]
        }
        let network = try Network(
            input: Shape(height: size, width: size, channels: 3),
            nodes: block("conv1", width) + [Node(name: "pool1", layer: MaxPooling(kernel: 2))]
                + block("conv2", 2 * width) + [
                    Node(name: "pool2", layer: AveragePooling(kernel: size / 2)),
                    Node(name: "output", layer: Dense(units: 10, weight: Xavier())),
                ])
        return BenchmarkNetwork(name: "two-convolutions", variant: "bn", batch: batch, network: network)
    }
}
