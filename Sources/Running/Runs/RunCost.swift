import Datasets
import Dispatch
import Engine
import Foundation
import Results
import Synchronization

/// What the parts of a run cost on this machine, in seconds: enough to tell beforehand how long a run will take.
///
/// The expectation is that of a run that goes its whole length: one that diverges ends earlier, which cannot be foreseen.
public struct RunCost: Equatable, Sendable {
    /// Making the network and its memory. Fitting the input normalization is not in it: a process does that once for all runs.
    public var setup: Double
    /// One training step, its row in the table included.
    public var step: Double
    /// One evaluation: of all test images that count, under every kind of statistics.
    public var evaluation: Double
    /// One observation of the probe images, its rows in the tables included.
    public var observation: Double
    /// One measurement of each procedure, in the order of the configuration.
    public var procedures: [Double] = []

    /// The seconds that a run takes from step `first`, at which it begins or was interrupted.
    public func seconds(of plan: RunPlan, from first: Int = 0) -> Double {
        let configuration = plan.configuration
        func times(every interval: Int?) -> Double {
            guard let interval else { return first == 0 ? 1 : 0 }
            let isLastExtra = !plan.steps.isMultiple(of: interval)
            return Double(
                plan.steps / interval - first / interval + (first == 0 ? 1 : 0) + (isLastExtra ? 1 : 0))
        }
        return setup + step * Double(plan.steps - first) + evaluation * times(every: configuration.evaluate.every)
            + observation * times(every: configuration.observe.every)
            + zip(procedures, configuration.procedures).reduce(0) { $0 + $1.0 * times(every: $1.1.interval) }
    }
}

extension RunPlan {
    /// Runs with equal keys cost the same for each step, evaluation and observation: settings that only decide how often
    /// something happens, or with which numbers the same operations are done, are no part of it.
    var costKey: String {
        let free = ["optimizer", "rate-policy", "initializer", "batch-order", "evaluate.every", "observe.every"]
        let settings = configuration.settings.filter { setting in
            !free.contains { setting.key == $0 || setting.key.hasPrefix("\($0).") }
        }
        return settings.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }
}

/// Measures what runs will cost: a fraction of a second for each different network, of real steps, evaluations, observations
/// and measurements of procedures. As many networks are measured at once as runs are made at once, so that they
/// hinder each other as the runs will.
public struct CostSurvey: Sendable {
    private let jobs: Int
    private let threads: Int

    /// The most seconds that one network and all of them are measured for. Work that takes longer is done once.
    private static let longest = (one: 0.3, all: 4.0)

    /// A survey for runs that are made `jobs` at a time on `threads` threads each.
    public init(jobs: Int, threads: Int) {
        self.jobs = jobs
        self.threads = threads
    }

    /// The cost of each run; nil where it cannot be made, which it will say itself.
    public func costs(of runs: [(plan: RunPlan, dataset: Dataset)]) -> [RunCost?] {
        let keys = runs.map { "\($0.dataset.name)\n\($0.plan.costKey)" }
        let distinct = Dictionary(zip(keys, runs), uniquingKeysWith: { first, _ in first }).sorted { $0.key < $1.key }
        if distinct.isEmpty { return [] }
        // More than eight at once would say nothing more, and take a lot of memory.
        let workers = min(jobs, 8)
        let rounds = (workers + distinct.count - 1) / distinct.count
        let work = (0..<rounds).flatMap { _ in distinct }
        let budget = min(Self.longest.one, Self.longest.all * Double(workers) / Double(work.count))
        let next = Atomic(0)
        let found = Mutex<[String: [RunCost]]>([:])
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < work.count else { return }
                let (key, run) = work[index]
                guard let cost = try? measure(run.plan, run.dataset, budget: budget) else { continue }
                found.withLock { $0[key, default: []].append(cost) }
            }
        }
        let costs = found.withLock { $0 }
        return keys.map { costs[$0].map(Self.mean) }
    }

    private static func mean(_ costs: [RunCost]) -> RunCost {
        func mean(_ part: KeyPath<RunCost, Double>) -> Double {
            costs.reduce(0) { $0 + $1[keyPath: part] } / Double(costs.count)
        }
        return RunCost(
            setup: mean(\.setup), step: mean(\.step), evaluation: mean(\.evaluation), observation: mean(\.observation),
            procedures: costs[0].procedures.indices.map { index in
                costs.reduce(0) { $0 + $1.procedures[index] } / Double(costs.count)
            })
    }

    // MARK: One network

    /// Images of the probe that are looked at; an observation of all of them may take long.
    private static let probe = 50

    private func measure(_ plan: RunPlan, _ dataset: Dataset, budget: Double) throws -> RunCost {
        let images = plan.configuration.observe.probe
        var shortened = plan
        shortened.configuration.observe.probe = min(images, Self.probe)
        let configuration = shortened.configuration

        // Not in ``RunCost/setup``.
        _ = try dataset.fit(configuration.input)
        let start = Self.now()
        let setup = try RunSetup(shortened, dataset, team: Team(threads: threads))
        var cost = RunCost(setup: Self.now() - start, step: 0, evaluation: 0, observation: 0)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("normlab-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = RunFolder(experimentFolder: folder, "survey", 0)
        try AtomicFile.createFolder(run.url)
        let recorder = try RunRecorder(run, bins: configuration.observe.bins, lengths: nil)

        if let network = setup.network {
            var step = 0
            cost.step = try Self.seconds(budget / 2) {
                let result = network.train(step: step % max(plan.steps, 1))
                try recorder.train(step: step, epoch: 0, rate: result.rate, loss: result.loss, accuracy: 0)
                step += 1
            }
            cost.evaluation = evaluationSeconds(network, budget: budget / 4)
            if let observer = network.observer {
                cost.observation = try observationSeconds(
                    network, observer, recorder, images: Double(images) / Double(configuration.observe.probe),
                    budget / 4)
            }
        }
        let moment = setup.moment(step: 0)
        for procedure in setup.procedures {
            cost.procedures.append(
                try Self.seconds(budget / 4) { try recorder.measurements(step: 0, procedure.measure(moment)) })
        }
        return cost
    }

    private func evaluationSeconds(_ setup: NetworkSetup, budget: Double) -> Double {
        let count = min(NetworkSetup.evaluationBatch, setup.testCount)
        let pass = Self.seconds(budget / 2) { _ = setup.evaluate(count: count, statistics: .movingAverage) }
        // As after the first step: before it there is no moving average.
        let passes = Double(setup.statistics(step: 1).count) * Double(setup.testCount) / Double(count)
        let batches = setup.populationBatches.count
        if setup.populationPass == nil { return pass * passes }
        return pass * passes
            + Double(batches) * Self.seconds(budget / 2) { setup.takePopulationStatistics(batches: 1) }
    }

    /// - Parameter images: how many times as many images the run looks at.
    private func observationSeconds(
        _ setup: NetworkSetup, _ observer: Observer, _ recorder: RunRecorder, images: Double, _ budget: Double
    ) throws -> Double {
        var found: [(tap: Tap, summary: TapSummary)] = []
        let pass = Self.seconds(budget / 2) { found = setup.observe(observer, step: 0, edges: recorder.edges.edges) }
        let writing = try Self.seconds(budget / 2) {
            for (tap, summary) in found { try recorder.observation(step: 0, tap: tap.address, summary) }
        }
        return pass * images + writing
    }

    // MARK: Time

    /// The mean seconds of some work, done once for warming up and, if that was quick, until the budget is used.
    static func seconds(
        _ budget: Double, now: () -> Double = Self.now, _ work: () throws -> Void
    ) rethrows -> Double {
        let start = now()
        try work()
        let warm = now()
        guard warm - start < budget else { return warm - start }
        var count = 0
        var end = warm
        repeat {
            try work()
            count += 1
            end = now()
        } while end - start < budget
        return (end - warm) / Double(count)
    }

    private static func now() -> Double { ProcessInfo.processInfo.systemUptime }
}

/// When runs of known length begin and end that are made in their order, each where first a job is free.
public struct RunSchedule: Equatable, Sendable {
    /// The seconds of each group, from the beginning of its first run to the end of its last; 0 for one without runs.
    public let groups: [Double]
    public let whole: Double

    /// The schedule of runs.
    ///
    /// - Parameters:
    ///   - runs: the group, from 0, and the length in seconds of each run on the threads of one job.
    ///   - jobs: runs at a time, at least one.
    public init(_ runs: [(group: Int, seconds: Double)], groupCount: Int, jobs: Int) {
        var free = [Double](repeating: 0, count: max(jobs, 1))
        var spans = [ClosedRange<Double>?](repeating: nil, count: groupCount)
        // The runs that the last ones share all threads with; 0 while there are enough for all jobs.
        var sharing = 0
        for (index, run) in runs.enumerated() {
            let job = free.indices.min { free[$0] < free[$1] } ?? 0
            let left = runs.count - index
            let end = free.max() ?? 0
            if sharing == 0, Self.waits(left: left, jobs: jobs, seconds: run.seconds, untilAllAreFree: end - free[job])
            {
                sharing = left
                free = free.map { _ in end }
            }
            let start = free[job]
            // Twice the threads are seldom twice as fast.
            let speed = sharing == 0 ? 1 : 1 + 0.75 * (Double(jobs) / Double(sharing) - 1)
            free[job] += run.seconds / speed
            let span = spans[run.group] ?? start...start
            spans[run.group] = span.lowerBound...max(span.upperBound, free[job])
        }
        groups = spans.map { span in span.map { $0.upperBound - $0.lowerBound } ?? 0 }
        whole = free.max() ?? 0
    }

    /// Whether the last runs, fewer than there are jobs, wait until all threads are free and then share them: where that is
    /// soon, they are done earlier than on the threads of a job each.
    ///
    /// - Parameters:
    ///   - left: the runs that have not begun.
    ///   - jobs: runs at a time.
    ///   - seconds: the length of the next run on the threads of one job.
    ///   - untilAllAreFree: the seconds until all runs that have begun have ended.
    public static func waits(left: Int, jobs: Int, seconds: Double, untilAllAreFree: Double) -> Bool {
        left < jobs && untilAllAreFree < seconds / 3
    }
}
