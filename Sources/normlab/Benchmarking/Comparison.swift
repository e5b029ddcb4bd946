import Benchmarks
import Foundation
import Harness

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

    /// Compares every network; prints and writes the results.
    func run() throws {
        try FileManager.default.createDirectory(at: session.folder.url, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(at: log)
        // A process that has ended must not end this one by not reading its orders.
        signal(SIGPIPE, SIG_IGN)
        try session.folder.writeMachine(threads: session.threads)
        var measurements: [BenchmarkResult] = []
        let networks = try session.isQuick ? [session.networks.network("mlp", "none")] : session.networks.all()
        for subject in networks {
            measurements += try compare(subject, .random, [(.train, .training), (.infer, .inference)])
            try session.folder.write(measurements, section: ComparisonTable.section)
        }
        for subject in session.isQuick ? [] : try session.networks.wholeRuns() {
            measurements += try compare(subject, .bytes, [(.run, .wholeRun)])
        }
        Terminal.live("")
        guard measurements.contains(where: { $0.subject != BenchmarkResult.ownSubject }) else {
            throw WorkerProcess.Failure(
                description: "no mode of another framework ran; what they said is in \(log.path)")
        }
        try session.report(measurements, section: ComparisonTable.section)
    }

    /// One network against every mode: the other frameworks' processes live one after the other, ours all the time.
    private func compare(
        _ subject: BenchmarkNetwork, _ input: OwnWorker.Input, _ orders: [(order: WorkerOrder, metric: BenchmarkMetric)]
    ) throws -> [BenchmarkResult] {
        let worker = OwnWorker(laboratory: session.laboratory, threads: session.threads, log: log)
        let ours = try worker.start(subject, input: input)
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
                Terminal.complain("note: \(subject.name)/\(subject.variant): \(failure)")
            }
        }
        return record.results
    }

    private func requireSameNetwork(
        _ theirs: WorkerProcess, _ subject: BenchmarkNetwork, _ mode: PeerMode
    ) throws(DifferentNetworks) {
        let ours = NetworkSize(
            parameters: subject.network.parameterCount, multiplyAdds: subject.network.multiplyAdds)
        try ours.requireSame(
            as: NetworkSize(parameters: theirs.ready.parameters ?? 0, multiplyAdds: theirs.ready.multiplyAdds ?? 0),
            network: "\(subject.name)/\(subject.variant)", subject: mode.label)
    }

    private func alternate(
        _ ours: WorkerProcess, _ theirs: WorkerProcess, _ mode: PeerMode,
        _ orders: [(order: WorkerOrder, metric: BenchmarkMetric)], _ record: inout ComparisonRecord
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
        _ mode: PeerMode, _ subject: BenchmarkNetwork, _ input: OwnWorker.Input
    ) throws -> WorkerProcess {
        let script = session.laboratory.rootFolder.appending(path: "Benchmarks/peers.py")
        return try WorkerProcess(
            mode.label, executable: python,
            arguments: [
                script.path, "--framework", mode.framework, "--mode", mode.mode, "--optimizer", mode.optimizer,
                "--network", subject.name, "--variant", subject.variant, "--batch", "\(subject.batch)",
                "--threads", "\(session.threads)", "--input", input.rawValue,
            ], log: log)
    }
}
