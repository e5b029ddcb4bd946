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

        /// Why it is made or kept.
        var reason: String { isNeeded && !state.needsRun ? "forced" : state.reason }
    }

    let campaign: Campaign
    private(set) var entries: [Entry]
    /// Runs at a time.
    private(set) var jobs = 1
    /// Threads of each.
    private(set) var threads: Int

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
        survey(jobs: max(1, min(most, needed.count)))
        if options.jobs == nil, jobs > 1 {
            let (sideBySide, seconds) = ((entries, jobs, threads), expectation.whole)
            survey(jobs: 1)
            if seconds < expectation.whole { (entries, jobs, threads) = sideBySide }
        }
    }

    // MARK: What it costs

    /// Seconds until a process of its own has begun with a run: it starts, reads the experiment and loads the data.
    private func startUp(of entry: Entry) -> Double {
        jobs == 1 ? 0 : 0.05 + campaign.parts[entry.part].dataset.loadSeconds
    }

    private mutating func survey(jobs: Int) {
        self.jobs = jobs
        threads = max(1, campaign.options.threadCount / jobs)
        let indices = entries.indices.filter { entries[$0].isNeeded }
        let costs = CostSurvey(jobs: jobs, threads: threads).costs(
            of: indices.map { (entries[$0].plan, entries[$0].dataset) })
        for (index, cost) in zip(indices, costs) {
            let entry = entries[index]
            let first = if case .interrupted(let step) = entry.state, !campaign.options.force { step } else { 0 }
            entries[index].expected = cost.map { $0.seconds(of: entry.plan, from: first) + startUp(of: entry) }
        }
    }

    /// The expected seconds of each part and of all.
    var expectation: RunSchedule {
        RunSchedule(
            needed.map { (group: $0.part, seconds: $0.expected ?? 0) }, groupCount: campaign.parts.count, jobs: jobs)
    }
}
