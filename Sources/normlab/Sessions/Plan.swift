import Benchmarks
import Datasets
import Experiments
import Foundation
import Results
import Running

/// What is to be made: the runs of some experiments in their order, which of them there is work for, how many at a time on how
/// many threads, and how long that will take. What is finished and up to date is kept, what was interrupted continues.
struct Plan {
    /// An experiment with the data set that it uses here.
    struct Part {
        /// The experiment, named after what the command line changes.
        let experiment: Experiment
        let source: DatasetSource
        let dataset: DatasetProvider
        let runs: [RunPlan]

        init(_ declared: Experiment, options: RunOptions, chooser: DatasetChooser) throws {
            (source, dataset) = try chooser.choose(declared.datasets, wanted: options.dataset)
            experiment = declared.varied(options.variation(preferred: declared.datasets.first, used: source.name))
            runs = try experiment.runs(
                profile: options.profile, seeds: options.seeds?.values, arms: options.armPatterns)
        }
    }

    struct Entry {
        let part: Int
        let run: RunPlan
        let dataset: Dataset
        /// The check value of the run on its data.
        let hash: String
        let state: RunState
        let isNeeded: Bool
        /// The expected seconds of the work, on the threads of one job; nil where it could not be measured.
        var expected: Double?

        /// What is fitted to its data.
        fileprivate var fit: Fit { Fit(dataset: dataset.name, normalization: run.configuration.input.identity) }

        fileprivate var reason: String { isNeeded && !state.needsRun ? "forced" : state.reason }
    }

    /// An input normalization of a data set.
    fileprivate struct Fit: Hashable {
        let dataset: String
        let normalization: String
    }

    let options: RunOptions
    let resultsRoot: URL
    let checkpointSteps: Set<Int>
    let parts: [Part]
    private(set) var entries: [Entry]
    /// Runs at a time.
    private(set) var jobs = 1
    /// Threads of each.
    private(set) var threads: Int
    private var fitSeconds: [Fit: Double] = [:]

    var needed: [Entry] { entries.filter(\.isNeeded) }

    /// Looks at every run's folder and measures what the work costs, which takes some seconds, and up to a minute for some
    /// hundred runs of different networks. Unless the options say how many runs are made at a time, that is done for one and
    /// for as many as there are threads, and the shorter time decides.
    init(_ parts: [Part], options: RunOptions, resultsRoot: URL, checkpointSteps: Set<Int>) throws {
        self.parts = parts
        self.options = options
        self.resultsRoot = resultsRoot
        self.checkpointSteps = checkpointSteps
        threads = options.threadCount
        Terminal.live("Reading the data …")
        defer { Terminal.live("") }
        entries = try parts.enumerated().flatMap { index, part in
            let dataset = try part.dataset.load()
            return part.runs.map { run in
                let check = StalenessCheck(
                    plan: run, dataset: dataset.name, checksum: dataset.checksum, checkpointSteps: checkpointSteps)
                let state = check.state(of: run.folder(in: resultsRoot))
                return Entry(
                    part: index, run: run, dataset: dataset, hash: check.hash, state: state,
                    isNeeded: state.needsRun || options.force)
            }
        }
        if needed.isEmpty { return }
        Terminal.live("Measuring what \(Phrase.count(needed.count, "run")) will cost …")
        fitInputs()
        survey(jobs: min(options.jobs ?? options.threadCount, needed.count))
        if options.jobs == nil, jobs > 1 {
            let sideBySide = self
            survey(jobs: 1)
            if sideBySide.expectation.whole < expectation.whole {
                (entries, jobs, threads) = (sideBySide.entries, sideBySide.jobs, sideBySide.threads)
            }
        }
    }

    /// What whoever makes a run is told.
    func order(for entry: Entry, threads: Int) -> RunOrder {
        RunOrder(
            run: entry.run, dataset: entry.dataset.name, hash: entry.hash, resultsRoot: resultsRoot,
            checkpointSteps: checkpointSteps, saveInterval: options.saveEvery, isForced: options.force,
            threads: threads)
    }

    // MARK: What it costs

    /// Seconds until a run begins in each of the processes: it starts, and the first that needs them reads the data, to which
    /// it fits the input normalization. This process has done all that.
    private func startUps(of entries: [Entry]) -> [Double] {
        guard jobs > 1 else { return entries.map { _ in 0 } }
        var (loads, fits): ([String: Int], [Fit: Int]) = ([:], [:])
        return entries.map { entry in
            loads[entry.dataset.name, default: 0] += 1
            fits[entry.fit, default: 0] += 1
            let load = loads[entry.dataset.name, default: 0] <= jobs ? parts[entry.part].dataset.loadSeconds : 0
            let fit = fits[entry.fit, default: 0] <= jobs ? fitSeconds[entry.fit] ?? 0 : 0
            return 0.05 + load + fit
        }
    }

    /// Fits every input normalization that is needed, and takes the time.
    private mutating func fitInputs() {
        for entry in needed where fitSeconds[entry.fit] == nil {
            let start = ContinuousClock.now
            // What cannot be fitted is an error of the run.
            _ = try? entry.dataset.fit(entry.run.configuration.input)
            fitSeconds[entry.fit] = (ContinuousClock.now - start) / .seconds(1)
        }
    }

    private mutating func survey(jobs: Int) {
        self.jobs = jobs
        threads = max(1, options.threadCount / jobs)
        let indices = entries.indices.filter { entries[$0].isNeeded }
        let costs = CostSurvey(jobs: jobs, threads: threads).costs(
            of: indices.map { (entries[$0].run, entries[$0].dataset) })
        let startUps = startUps(of: indices.map { entries[$0] })
        for ((index, cost), startUp) in zip(zip(indices, costs), startUps) {
            let entry = entries[index]
            let first = if case .interrupted(let step) = entry.state, !options.force { step } else { 0 }
            entries[index].expected = cost.map { $0.seconds(of: entry.run, from: first) + startUp }
        }
    }

    /// The expected seconds of each part and of all.
    private var expectation: RunSchedule {
        RunSchedule(needed.map { (group: $0.part, seconds: $0.expected ?? 0) }, groupCount: parts.count, jobs: jobs)
    }

    // MARK: What is told

    /// Every run: whether it would be made, and why.
    var listing: String {
        var lines: [String] = []
        for (index, part) in parts.enumerated() {
            let entries = entries.filter { $0.part == index }
            lines.append("\(part.experiment.name): \(Phrase.count(entries.count, "run")) on \(part.source.name)")
            for entry in entries {
                let run = entry.run
                lines.append(
                    "  \(entry.isNeeded ? "run " : "keep")  \(run.arm) seed \(run.seed), \(run.steps) steps: \(entry.reason)"
                )
            }
        }
        return lines.joined(separator: "\n")
    }

    /// For each experiment runs, steps, data and expected time.
    var table: String {
        let each = Phrase.count(threads, "thread")
        let how = jobs == 1 ? "one after the other on \(each)" : "\(jobs) at a time on \(each) each"
        let expectation = expectation
        var rows = parts.enumerated().map { index, part in
            let entries = entries.filter { $0.part == index }
            let needed = entries.filter(\.isNeeded)
            let isKnown = needed.allSatisfy { $0.expected != nil }
            let time =
                needed.isEmpty ? "0 s, up to date" : isKnown ? Phrase.duration(expectation.groups[index]) : "not known"
            return [
                part.experiment.name, part.source.name + (part.source.isSynthetic ? " (synthetic)" : ""),
                "\(entries.count)", "\(needed.count)", "\(entries.map(\.run.steps).max() ?? 0)", time,
            ]
        }
        if rows.count > 1 {
            rows.append([
                "total", "", "\(entries.count)", "\(needed.count)", "", Phrase.duration(expectation.whole),
            ])
        }
        return ResultTable(
            title: "Plan: \(Phrase.count(needed.count, "run")) to make, \(how)",
            header: ["experiment", "data", "runs", "to make", "steps", "expected"], rows: rows, wordColumns: 2
        ).text
    }

    /// What the training of each experiment took, in seconds from the beginning of its first to the end of its last run (nil
    /// where there was none), beside what was expected.
    func timeTable(took: [Double?]) -> String {
        let rows = zip(parts, zip(expectation.groups, took)).compactMap { part, times -> [String]? in
            guard let took = times.1 else { return nil }
            return [part.experiment.name, Phrase.duration(times.0), Phrase.duration(took)]
        }
        return ResultTable(
            title: "Time for training", header: ["experiment", "expected", "took"], rows: rows, wordColumns: 1
        ).text
    }
}
