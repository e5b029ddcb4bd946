import Datasets
import Foundation
import Harness

/// The runs of a campaign in their order: which of them are to be made, how many at a time, and how long that will take.
struct Agenda {
    /// One run.
    struct Entry {
        /// The index of its part of the campaign.
        let part: Int
        let plan: RunPlan
        let dataset: Dataset
        /// What its folder holds.
        let state: RunState
        /// Whether there is work.
        let isNeeded: Bool
        /// The expected seconds of the work, on the threads of one job; nil where it could not be measured.
        var expected: Double?

        /// What is fitted to its data.
        var fit: Fit { Fit(dataset: dataset.name, normalization: plan.configuration.input.identity) }

        /// Why it is made or kept.
        var reason: String { isNeeded && !state.needsRun ? "forced" : state.reason }
    }

    /// An input normalization of a data set, by its identity.
    struct Fit: Hashable {
        let dataset: String
        let normalization: String
    }

    let campaign: Campaign
    private(set) var entries: [Entry]
    /// Runs at a time.
    private(set) var jobs = 1
    /// Threads of each.
    private(set) var threads: Int
    private var fitSeconds: [Fit: Double] = [:]

    /// The runs that are to be made.
    var needed: [Entry] { entries.filter(\.isNeeded) }

    /// Looks at every run's folder and measures what the work costs, which takes some seconds, and up to a minute for some
    /// hundred runs of different networks. Unless the options say how many
    /// runs are made at a time, that is done for one and for as many as there are threads, and the shorter time decides.
    init(_ campaign: Campaign) throws {
        self.campaign = campaign
        let options = campaign.options
        entries = try campaign.parts.enumerated().flatMap { index, part in
            let plans = try campaign.plans(of: part)
            let dataset = try part.dataset.load()
            return plans.map { plan in
                let state = campaign.check(of: plan, on: dataset).state(of: campaign.folder(of: plan))
                return Entry(
                    part: index, plan: plan, dataset: dataset, state: state,
                    isNeeded: state.needsRun || options.force)
            }
        }
        threads = options.threadCount
        let most = options.jobs ?? options.threadCount
        if !needed.isEmpty { Terminal.live("Measuring what \(needed.count) runs will cost …") }
        defer { Terminal.live("") }
        fitInputs()
        survey(jobs: max(1, min(most, needed.count)))
        if options.jobs == nil, jobs > 1 {
            let (sideBySide, seconds) = ((entries, jobs, threads), expectation.whole)
            survey(jobs: 1)
            if seconds < expectation.whole { (entries, jobs, threads) = sideBySide }
        }
    }

    // MARK: What it costs

    /// Seconds until a run begins in each of the processes: it reads the experiment, and the first that needs them the data, to
    /// which it fits the input normalization. This process has done all that.
    private func startUps(of entries: [Entry]) -> [Double] {
        guard jobs > 1 else { return entries.map { _ in 0 } }
        var (loads, fits): ([String: Int], [Fit: Int]) = ([:], [:])
        return entries.map { entry in
            loads[entry.dataset.name, default: 0] += 1
            fits[entry.fit, default: 0] += 1
            let load =
                loads[entry.dataset.name, default: 0] <= jobs ? campaign.parts[entry.part].dataset.loadSeconds : 0
            let fit = fits[entry.fit, default: 0] <= jobs ? fitSeconds[entry.fit] ?? 0 : 0
            return 0.05 + load + fit
        }
    }

    /// Fits every input normalization that is needed, and takes the time.
    private mutating func fitInputs() {
        for entry in needed where fitSeconds[entry.fit] == nil {
            let start = ContinuousClock.now
            // What cannot be fitted is an error of the run.
            _ = try? entry.dataset.fit(entry.plan.configuration.input)
            fitSeconds[entry.fit] = (ContinuousClock.now - start) / .seconds(1)
        }
    }

    private mutating func survey(jobs: Int) {
        self.jobs = jobs
        threads = max(1, campaign.options.threadCount / jobs)
        let indices = entries.indices.filter { entries[$0].isNeeded }
        let costs = CostSurvey(jobs: jobs, threads: threads).costs(
            of: indices.map { (entries[$0].plan, entries[$0].dataset) })
        let startUps = startUps(of: indices.map { entries[$0] })
        for ((index, cost), startUp) in zip(zip(indices, costs), startUps) {
            let entry = entries[index]
            let first = if case .interrupted(let step) = entry.state, !campaign.options.force { step } else { 0 }
            entries[index].expected = cost.map { $0.seconds(of: entry.plan, from: first) + startUp }
        }
    }

    /// The expected seconds of each part and of all.
    var expectation: RunSchedule {
        RunSchedule(
            needed.map { (group: $0.part, seconds: $0.expected ?? 0) }, groupCount: campaign.parts.count, jobs: jobs)
    }
}
