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
        try Self.check("--threads", threads, 1...256)
        try Self.check("--jobs", jobs, 1...256)
        if !(0...86_400).contains(saveEvery) {
            throw ValidationError("--save-every \(saveEvery): expected seconds from 0, for every step, to 86400")
        }
    }

    /// Refuses a number that is out of its range.
    static func check(_ option: String, _ number: Int?, _ range: ClosedRange<Int>) throws {
        if let number, !range.contains(number) {
            throw ValidationError(
                "\(option) \(number): expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
    }

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

    func overrides() throws -> [Override] { try set.map { try Override($0) } }

    /// What tells the results of changed settings, or of other data than the preferred, apart from the experiment's own: a
    /// part of the folder's name. Results on MNIST are never replaced by results on a substitute.
    func variation(preferred: String?, used: String) -> String {
        let parts = set.sorted() + (used == preferred ? [] : ["dataset=\(used)"])
        return parts.isEmpty ? "" : "@" + parts.joined(separator: ",").replacing("/", with: "-")
    }

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
