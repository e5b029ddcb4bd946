import Engine
import Kernels

/// `kernels`: every product that the networks run, and the largest of their other layers, each by itself.
public struct KernelSection: BenchmarkSection {
    public static let name = "kernels"

    private let networks: [BenchmarkNetwork]
    private let peaks: MachinePeaks
    private let team: Team
    private let stopwatch: Stopwatch

    public init(_ networks: [BenchmarkNetwork], peaks: MachinePeaks, team: Team, effort: Effort) {
        self.networks = networks
        self.peaks = peaks
        self.team = team
        stopwatch = Stopwatch(effort)
    }

    public func run(_ report: (BenchmarkResult) -> Void) throws {
        peaks.measureArithmeticPeakAgain(threads: team.threads)
        measureProducts(report)
        try measureLayers(report)
        measureLoss(report)
        measureUpdate(report)
    }

    // MARK: Products

    private func measureProducts(_ report: (BenchmarkResult) -> Void) {
        var headline: [(pass: ProductKernels.Pass, operations: Double, seconds: Double)] = []
        for shape in ProductShape.all(in: networks) {
            let kernels = ProductKernels(shape)
            for pass in ProductKernels.Pass.allCases {
                let sample = stopwatch.seconds { kernels.run(pass, team: team) }
                let work = shape.work(pass)
                self.report(shape.name, pass.rawValue, shape.geometry.images, work, sample, report)
                if shape.isHeadline { headline.append((pass, work.operations, sample.median)) }
            }
        }
        guard !headline.isEmpty else { return }
        func reportShare(_ variant: String, _ rates: [Double]) {
            let share = peaks.shareOfPeak(Sample(rates), threads: team.threads)
            report(
                BenchmarkResult(
                    section: Self.name, name: Self.headline, variant: variant, threads: team.threads, .shareOfPeak,
                    share))
        }
        func together(_ products: [(pass: ProductKernels.Pass, operations: Double, seconds: Double)]) -> Double {
            products.reduce(0) { $0 + $1.operations } / products.reduce(0) { $0 + $1.seconds } / 1e9
        }
        reportShare("each", headline.map { $0.operations / $0.seconds / 1e9 })
        for pass in ProductKernels.Pass.allCases {
            reportShare("\(pass.rawValue), together", [together(headline.filter { $0.pass == pass })])
        }
        reportShare("all, together", [together(headline)])
    }

    /// The name of the sum over the products that count most; its range is that over the products.
    static let headline = "1×1 and 3×3 convolutions of 32 channels and more"

    // MARK: Others

    private func measureLayers(_ report: (BenchmarkResult) -> Void) throws {
        for shape in LayerShape.largest(3, in: networks) {
            let (forward, backward) = try LayerKernels(shape, team: team).seconds(stopwatch)
            self.report(shape.name, "forward", shape.batch, shape.work.forward(shape), forward, report)
            self.report(shape.name, "backward", shape.batch, shape.work.backward(shape), backward, report)
        }
    }

    private func measureLoss(_ report: (BenchmarkResult) -> Void) {
        let (rows, columns) = (64, 10)
        let storage = Storage(count: 2 * rows * columns)
        let scores = storage.matrix(rows: rows, columns: columns)
        let probabilities = storage.matrix(offset: rows * columns, rows: rows, columns: columns)
        let labels = (0..<rows).map { Int32($0 % columns) }
        RandomStream(seed: 1, "benchmark/scores").fill(storage.vector(count: rows * columns), deviation: 1)
        let sample = stopwatch.seconds {
            _ = SoftmaxCrossEntropy.forward(scores, labels: labels, probabilities: probabilities)
            SoftmaxCrossEntropy.gradient(probabilities, labels: labels, scale: 1 / Float(rows), into: probabilities)
        }
        withExtendedLifetime(storage) {}
        // −max, e, Σ, /: and a product for the gradient. Scores are read, the gradient is written.
        let values = Double(rows * columns)
        let work = KernelWork(operations: 5 * values, bytes: 8 * values)
        self.report("softmax and cross-entropy, \(rows)×\(columns)", "", rows, work, sample, report)
    }

    private func measureUpdate(_ report: (BenchmarkResult) -> Void) {
        var seen: Set<Int> = []
        for count in networks.map({ $0.network.parameterCount }) where seen.insert(count).inserted {
            let storage = Storage(count: 3 * count + 64)
            let places = (0..<3).map { storage.vector(offset: $0 * (count + 16), count: count) }
            let sample = stopwatch.seconds {
                MomentumUpdate.apply(
                    values: places[0], gradients: places[1], history: places[2], rate: 0.01, momentum: 0.9, decay: 0,
                    team: team)
            }
            withExtendedLifetime(storage) {}
            // g + λw, ·η, + μh, w − h. Three vectors are read, two are written.
            let work = KernelWork(operations: 6 * Double(count), bytes: 20 * Double(count))
            self.report("momentum update, \(count)", "", nil, work, sample, report)
        }
    }

    // MARK: Reports

    private func report(
        _ name: String, _ variant: String, _ batch: Int?, _ work: KernelWork, _ seconds: Sample,
        _ report: (BenchmarkResult) -> Void
    ) {
        work.measurements(seconds: seconds, peaks: peaks, threads: team.threads) { metric, sample in
            BenchmarkResult(
                section: Self.name, name: name, variant: variant, batch: batch, threads: team.threads, metric, sample)
        }.forEach(report)
    }
}

/// `peaks`: the machine's ceilings, on one thread and on all.
public struct PeakSection: BenchmarkSection {
    public static let name = "peaks"

    private let peaks: MachinePeaks
    private let threads: [Int]

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
        for threads in threads where threads > 1 {
            report(
                BenchmarkResult(
                    section: Self.name, name: Self.team, threads: threads, .time,
                    peaks.teamCost(threads: threads).map { $0 * 1e6 }))
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

    static let arithmetic = "multiply-add"

    /// The name of what sharing out a loop costs.
    static let team = "sharing a loop"

    /// `512 KiB`, `8 MiB`.
    static func name(ofWorkingSet bytes: Int) -> String {
        bytes >= 1 << 20 ? "\(bytes >> 20) MiB" : "\(bytes >> 10) KiB"
    }
}
