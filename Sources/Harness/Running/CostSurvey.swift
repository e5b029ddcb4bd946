import Datasets
import Dispatch
import Engine
import Foundation
import Synchronization

/// Measures what runs will cost: a fraction of a second for each different network, of real steps, evaluations, observations
/// and measurements of procedures. As many networks are measured at once as runs are made at once, so that they
/// hinder each other as the runs will.
public struct CostSurvey: Sendable {
    private let jobs: Int
    private let threads: Int

    /// The most seconds that one network is measured for, and all of them, if each is measured alone. Work of which one
    /// piece takes longer is done once.
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
        var configuration = plan.configuration
        let images = configuration.observe.probe
        configuration.observe.probe = min(images, Self.probe)
        let shortened = RunPlan(
            experiment: plan.experiment, arm: plan.arm, seed: plan.seed, profile: plan.profile, steps: plan.steps,
            datasets: plan.datasets, configuration: configuration)

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

        var step = 0
        cost.step = try Self.seconds(budget / 2) {
            let result = setup.train(step: step % max(plan.steps, 1))
            try recorder.train(step: step, epoch: 0, rate: result.rate, loss: result.loss, accuracy: 0)
            step += 1
        }
        cost.evaluation = evaluationSeconds(setup, budget: budget / 4)
        if let observer = setup.observer {
            cost.observation = try observationSeconds(
                setup, observer, recorder, images: Double(images) / Double(configuration.observe.probe), budget / 4)
        }
        let moment = setup.moment(step: 0)
        for procedure in setup.procedures {
            cost.procedures.append(
                try Self.seconds(budget / 4) { try recorder.measurements(step: 0, procedure.measure(moment)) })
        }
        return cost
    }

    private func evaluationSeconds(_ setup: RunSetup, budget: Double) -> Double {
        let count = min(RunSetup.evaluationBatch, setup.testCount)
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
        _ setup: RunSetup, _ observer: Observer, _ recorder: RunRecorder, images: Double, _ budget: Double
    ) throws -> Double {
        var found: [(tap: Tap, summary: TapSummary)] = []
        let pass = Self.seconds(budget / 2) { found = setup.observe(observer, step: 0, edges: recorder.histogramEdges) }
        let writing = try Self.seconds(budget / 2) {
            for (tap, summary) in found { try recorder.observation(step: 0, tap: tap.address, summary) }
        }
        return pass * images + writing
    }

    // MARK: Time

    /// The mean seconds of some work: done once for warming up, then until the budget is used. Work that uses it up at once
    /// is not done again.
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
