import ArgumentParser
import Declarations
import Experiments
import Foundation

/// Which runs are meant, and how they are made.
struct RunOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: "How much: smoke (a few steps), quick (minutes) or paper (the published length).")
    var profile = "quick"

    @Option(name: .long, help: "Only these arms, separated by commas; * stands for any characters.")
    var arms: String?

    @Option(name: .long, help: "These seeds instead of the profile's: 1,2,3 or 1-5.")
    var seeds: NumberList<UInt64>?

    @Option(name: .long, help: "This data set instead of the experiment's first available one.")
    var dataset: String?

    @Option(name: .long, help: "Threads in all (default: all cores). The results are the same bits for any number.")
    var threads: Int?

    @Option(
        name: .long,
        help: "Runs at a time, in as many processes, each on its part of the threads (default: what is faster).")
    var jobs: Int?

    @Option(name: .long, help: "Change a setting of every arm: optimizer.sgd.rate=0.2. Repeatable.")
    var set: [String] = []

    @Option(name: .long, help: "How often an unfinished run is saved: the seconds of work that a kill may cost.")
    var saveEvery = 20.0

    @Flag(name: .long, help: "Print what would be run and why, and stop.")
    var dryRun = false

    @Flag(name: .long, help: "Run again what is finished and up to date.")
    var force = false

    func validate() throws {
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads \(threads): expected a number from 1 to 256")
        }
        if let jobs, !(1...256).contains(jobs) {
            throw ValidationError("--jobs \(jobs): expected a number from 1 to 256")
        }
        if !(0...86_400).contains(saveEvery) {
            throw ValidationError("--save-every \(saveEvery): expected seconds from 0, for every step, to 86400")
        }
    }

    /// The names or patterns of `--arms`.
    var armPatterns: [String]? { arms.map(Self.armPatterns) }

    /// Names separated by commas. The commas inside the name of a sweep's arm (`baseline@rate=0.1,deviation=0.03`) belong
    /// to it: what follows one has a value, but no `@`.
    static func armPatterns(_ text: String) -> [String] {
        var patterns: [String] = []
        for part in text.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) where !part.isEmpty {
            if part.contains("="), !part.contains("@"), let last = patterns.last, last.contains("@") {
                patterns[patterns.count - 1] = "\(last),\(part)"
            } else {
                patterns.append(part)
            }
        }
        return patterns
    }

    /// The settings of `--set`.
    func overrides() throws(ConfigurationErrors) -> [Override] {
        var overrides: [Override] = []
        for text in set { overrides.append(try Override(text)) }
        return overrides
    }

    /// What tells the results of changed settings, or of other data than the preferred, apart from the experiment's own: a
    /// part of the folder's name. Results on MNIST are never replaced by results on a substitute.
    func variation(preferred: String?, used: String) -> String {
        let parts = set.sorted() + (used == preferred ? [] : ["dataset=\(used)"])
        return parts.isEmpty ? "" : "@" + parts.joined(separator: ",").replacing("/", with: "-")
    }

    /// The number of threads to use.
    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }
}

/// Numbers from 0 as they are written on the command line: `0,100` or `1-5`; each counts once.
struct NumberList<Number: FixedWidthInteger & Sendable>: ExpressibleByArgument
where Number.Stride: SignedInteger {
    let values: [Number]

    init?(argument: String) {
        var values: [Number] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Number($0) }
            guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first <= last,
                last - first < 1000
            else { return nil }
            values += Array(first...last)
        }
        var seen: Set<Number> = []
        self.values = values.filter { seen.insert($0).inserted }
    }
}
