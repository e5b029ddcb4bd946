import ArgumentParser
import Benchmarks
import Engine
import Experiments
import Foundation

/// `normlab bench --compare`: this program and other frameworks run the same networks in turns.
///
/// Each side is a process of its own, which starts, makes its first training step, says how large its network is, and then
/// measures on order: ours, theirs, ours, theirs. A ratio is of two neighbouring measurements, so whatever the machine does
/// besides meets both alike.
struct Comparison {
    let session: BenchmarkSession
    let python: URL
    let usesAllModes: Bool
    let rounds: Int

    /// Seconds of one measurement.
    private var seconds: Double { session.isQuick ? 0 : 0.7 }
    private var log: URL { session.folder.url.appending(path: "peers.log") }

    func run() throws {
        try FileManager.default.createDirectory(at: session.folder.url, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(at: log)
        try session.folder.writeMachine(threads: session.threads)
        var measurements: [BenchmarkResult] = []
        let networks = try networks()
        for subject in networks {
            measurements += try compare(subject, .random, [(.train, .training), (.infer, .inference)])
            try session.folder.write(measurements, section: ComparisonTable.section)
        }
        for subject in session.isQuick || session.subject != nil ? [] : try session.networks.wholeRuns() {
            measurements += try compare(subject, .bytes, [(.run, .wholeRun)])
        }
        Terminal.live("")
        guard measurements.contains(where: { $0.subject != BenchmarkResult.ownSubject }) else {
            throw WorkerProcess.Failure(
                description: "no mode of another framework ran; what they said is in \(log.path)")
        }
        try session.report(measurements, section: ComparisonTable.section)
    }

    /// The usual networks, or all variants of the one that was asked for, at its batch.
    private func networks() throws -> [BenchmarkNetwork] {
        guard let subject = session.subject else {
            return try session.isQuick ? [session.networks.network("mlp", "none")] : session.networks.all()
        }
        let all = try session.networks.all()
        let same = try all.filter { $0.name == subject.name }
            .map { try session.networks.network($0.name, $0.variant, batch: subject.batch) }
        guard !same.isEmpty else {
            let names = all.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            throw ValidationError(
                "--compare --model \(subject.name): other frameworks know the networks of Benchmarks/networks.py: "
                    + names.joined(separator: ", "))
        }
        return same
    }

    /// One network against every mode: the other frameworks' processes live one after the other, ours all the time.
    private func compare(
        _ subject: BenchmarkNetwork, _ input: BenchmarkWorker.Input,
        _ orders: [(order: MeasurementOrder.Work, metric: BenchmarkMetric)]
    ) throws -> [BenchmarkResult] {
        let ours = try BenchmarkWorker(
            subject, input, in: session.workspace, threads: session.threads, log: log)
        var record = ComparisonRecord(subject: subject, threads: session.threads)
        record.add(.startup, ours.startup, of: BenchmarkResult.ownSubject)
        for mode in PeerMode.modes(for: subject, all: usesAllModes) {
            Terminal.live("\(subject.name)/\(subject.variant): \(mode.label) …")
            do {
                let theirs = try start(mode, subject, input)
                try requireSameNetwork(theirs, subject, mode)
                record.add(.startup, theirs.startup, of: mode.label)
                try alternate(ours, theirs, mode, orders, &record)
            } catch let failure as WorkerProcess.Failure {
                // Not every mode runs everywhere: compiling needs a C++ compiler.
                Terminal.note("note: \(subject.name)/\(subject.variant): \(failure)")
            }
        }
        return record.results
    }

    private func requireSameNetwork(
        _ theirs: BenchmarkWorker, _ subject: BenchmarkNetwork, _ mode: PeerMode
    ) throws(DifferentNetworks) {
        let ours = NetworkSize(
            parameters: subject.network.parameterCount, multiplyAdds: subject.network.multiplyAdds)
        try ours.requireSame(
            as: NetworkSize(parameters: theirs.ready.parameters ?? 0, multiplyAdds: theirs.ready.multiplyAdds ?? 0),
            network: "\(subject.name)/\(subject.variant)", subject: mode.label)
    }

    private func alternate(
        _ ours: BenchmarkWorker, _ theirs: BenchmarkWorker, _ mode: PeerMode,
        _ orders: [(order: MeasurementOrder.Work, metric: BenchmarkMetric)], _ record: inout ComparisonRecord
    ) throws {
        let load = OtherLoad(besides: [ours.identifier, theirs.identifier])
        // The first measurement of each is a warm-up.
        for (order, metric) in orders {
            for round in 0...rounds {
                let own = try ours.measure(order, seconds: seconds)
                let peer = try theirs.measure(order, seconds: seconds)
                guard round > 0, let ownRate = own.imagesPerSecond, let peerRate = peer.imagesPerSecond else {
                    continue
                }
                record.add(metric, ownRate, of: BenchmarkResult.ownSubject)
                record.add(metric, peerRate, of: mode.label)
                record.add(metric.ratio, ownRate / peerRate, of: mode.label)
                record.setMemory(own.memory, of: BenchmarkResult.ownSubject)
                record.setMemory(peer.memory, of: mode.label)
            }
        }
        if let cores = load.cores { record.otherLoad.append(cores) }
    }

    private func start(
        _ mode: PeerMode, _ subject: BenchmarkNetwork, _ input: BenchmarkWorker.Input
    ) throws -> BenchmarkWorker {
        let script = session.workspace.rootFolder.appending(path: "Benchmarks/peers.py")
        return try BenchmarkWorker(
            mode.label, python,
            arguments: [
                script.path, "--framework", mode.framework, "--mode", mode.mode, "--optimizer", mode.optimizer,
                "--network", subject.name, "--variant", subject.variant, "--batch", "\(subject.batch)",
                "--threads", "\(session.threads)", "--input", input.rawValue,
            ], log: log)
    }
}

/// The numbers of one network in a comparison, collected by metric and program.
struct ComparisonRecord {
    let subject: BenchmarkNetwork
    let threads: Int
    private(set) var values: [(metric: BenchmarkMetric, program: String, values: [Double])] = []

    /// Cores that others used while each mode was measured.
    var otherLoad: [Double] = []

    mutating func add(_ metric: BenchmarkMetric, _ value: Double, of program: String) {
        let place = values.firstIndex { $0.metric == metric && $0.program == program } ?? values.count
        if place == values.count { values.append((metric, program, [])) }
        values[place].values.append(value)
    }

    /// Remembers the most memory that a program has said it had.
    mutating func setMemory(_ bytes: Int?, of program: String) {
        guard let bytes else { return }
        values.removeAll { $0.metric == .peakMemory && $0.program == program }
        values.append((.peakMemory, program, [Double(bytes) / 1e6]))
    }

    var results: [BenchmarkResult] {
        let load =
            otherLoad.isEmpty
            ? [] : [BenchmarkSession.otherLoad(ComparisonTable.section, otherLoad, threads: threads)]
        return load
            + values.map { entry in
                BenchmarkResult(
                    section: ComparisonTable.section, name: subject.name, variant: subject.variant,
                    subject: entry.program, batch: subject.batch, threads: threads, entry.metric, Sample(entry.values))
            }
    }
}

/// A way in which another framework can run a network.
struct PeerMode: Equatable {
    /// `torch` or `jax`.
    let framework: String
    /// How it runs: `eager`, `channels_last`, `compile`, `compile+channels_last`; `scan` for JAX.
    let mode: String
    /// Which of `torch.optim.SGD`'s implementations updates: `default` or `fused`.
    var optimizer = "fused"

    /// `torch compile, fused`.
    var label: String {
        framework == "jax" ? "jax \(mode)" : "torch \(mode)" + (optimizer == "fused" ? ", fused" : "")
    }

    private static let scan = PeerMode(framework: "jax", mode: "scan")
    private static let eager = PeerMode(framework: "torch", mode: "eager")
    private static let channelsLast = PeerMode(framework: "torch", mode: "channels_last")
    private static let compiled = PeerMode(framework: "torch", mode: "compile")
    private static let compiledChannelsLast = PeerMode(framework: "torch", mode: "compile+channels_last")

    /// The modes that a network is compared with: those that have been the fastest for it, with the two that everybody
    /// tries; or every mode.
    static func modes(for subject: BenchmarkNetwork, all: Bool) -> [PeerMode] {
        let isDense = !subject.network.nodes.contains { $0.layer is Convolution }
        if all {
            let modes = isDense ? [eager, compiled] : [eager, channelsLast, compiled, compiledChannelsLast]
            let both = modes.flatMap { mode in
                [mode, PeerMode(framework: "torch", mode: mode.mode, optimizer: "default")]
            }
            return isDense ? [scan] + both : both
        }
        switch (subject.name, subject.variant) {
        case ("mlp", _): return [scan, eager]
        case ("vgg-plain", _): return [eager, channelsLast, compiled]
        case (_, "none"): return [eager, channelsLast]
        case ("lenet", "lrn"): return [eager, channelsLast, compiledChannelsLast]
        default: return [eager, channelsLast, compiled]
        }
    }
}
