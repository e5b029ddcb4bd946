import ArgumentParser
import Benchmarks
import Experiments
import Foundation
import Kernels
import Results
import Running

/// The sections of the benchmark as they are named on the command line, in the order in which they run.
enum BenchmarkPart: String, CaseIterable, ExpressibleByArgument {
    case peaks, kernels, layers, networks, runs, scaling
    case sideBySide = "side-by-side"
    case startup, observation

    /// Those that can measure a model that was asked for; the others have networks of their own.
    static let ofOneModel: [BenchmarkPart] = [.kernels, .layers, .networks]
}

/// Runs the sections of the benchmark: prints their tables and writes their files.
struct BenchmarkSession {
    let networks: BenchmarkNetworks
    let folder: BenchmarkFolder
    let workspace: Workspace
    let threads: Int
    let isQuick: Bool
    /// The network that was asked for in place of the usual ones.
    let subject: BenchmarkNetwork?

    /// Runs sections in the order of the list.
    func run(_ parts: [BenchmarkPart]) throws {
        try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
        let peaks = MachinePeaks(effort: effort(.peak))
        let team = Team(threads: threads)
        for part in BenchmarkPart.allCases where parts.contains(part) {
            Terminal.live("\(part.rawValue) …")
            var measurements: [BenchmarkResult] = []
            let load = OtherLoad()
            try section(part, peaks, team).run { measurement in
                measurements.append(measurement)
                Terminal.live("\(part.rawValue): \(measurement.name) \(measurement.variant)")
            }
            Terminal.live("")
            if let cores = load.cores {
                measurements.append(Self.otherLoad(part.rawValue, [cores], threads: threads))
            }
            try folder.writeMachine(threads: threads)
            try report(measurements, section: part.rawValue)
        }
    }

    /// What others used of the machine during a section.
    static func otherLoad(_ section: String, _ cores: [Double], threads: Int) -> BenchmarkResult {
        BenchmarkResult(
            section: section, name: "other processes", subject: "others", threads: threads, .otherLoad, Sample(cores))
    }

    func report(_ measurements: [BenchmarkResult], section: String) throws {
        try folder.write(measurements, section: section)
        for table in SectionTables.tables(of: section, measurements) { Terminal.print(table.text + "\n") }
    }

    private func section(_ part: BenchmarkPart, _ peaks: MachinePeaks, _ team: Team) throws -> any BenchmarkSection {
        let bn = "bn"
        let chosen = isQuick ? try subjects(quick: [("mlp", bn), ("lenet", "lrn")], []) : try allNetworks()
        switch part {
        case .peaks: return PeakSection(peaks, threads: threads)
        case .kernels: return KernelSection(chosen, peaks: peaks, team: team, effort: effort(.kernel))
        case .layers:
            return LayerSection(
                try subjects(quick: [("mlp", bn)], [("lenet", bn), ("inception", bn)]), team: team,
                effort: effort(.network))
        case .networks:
            return NetworkSection(chosen, peaks: peaks, team: team, effort: effort(.network), memory: Self.memory)
        case .runs:
            let runs = try networks.wholeRuns().map { subject in
                let data = try WholeRunData(subject, images: isQuick ? 32 : 1024, team: team)
                return WholeRunSection.Run(
                    subject: subject, images: data.imagesPerEpoch, evaluated: data.testCount, epoch: data.runEpoch)
            }
            return WholeRunSection(runs, peaks: peaks, threads: threads, effort: effort(.run))
        case .scaling:
            return ScalingSection(
                try subjects(quick: [("mlp", bn)], [("mlp", bn), ("lenet", bn)]), threads: threads,
                effort: effort(.point), memory: Self.memory)
        case .sideBySide:
            return SideBySideSection(
                networks: try subjects(
                    quick: [("mlp", bn)], [("mlp", bn), ("lenet", bn), ("inception-narrow", bn)]),
                workspace: workspace, threads: threads, repeats: isQuick ? 1 : 5, seconds: isQuick ? 0 : 1,
                log: folder.url.appending(path: "side-by-side.log"))
        case .startup:
            return StartupSection(
                networks: try subjects(
                    quick: [("mlp", "none")], [("mlp", "none"), ("lenet", bn), ("inception", bn)]),
                workspace: workspace, threads: threads, repeats: isQuick ? 1 : 5,
                log: folder.url.appending(path: "startup.log"))
        case .observation:
            let usual = ObservationDeclaration()
            let plan = ObservationSection.Plan(
                every: isQuick ? 1 : usual.every, taps: ["*/activation-input"], images: isQuick ? 8 : 100,
                edges: HistogramEdges(bins: usual.bins).edges)
            return ObservationSection(
                try subjects(quick: [("lenet", bn)], [("lenet", bn), ("inception-narrow", bn)]), plan: plan,
                team: team, effort: effort(.run))
        }
    }

    private func subjects(
        quick: [(String, String)], _ usual: [(String, String)]
    ) throws -> [BenchmarkNetwork] {
        if let subject { return [subject] }
        return try (isQuick ? quick : usual).map { try networks.network($0, $1) }
    }

    private func allNetworks() throws -> [BenchmarkNetwork] { try subject.map { [$0] } ?? networks.all() }

    private func effort(_ effort: Effort) -> Effort { isQuick ? .least : effort }

    private static let memory = MemoryMeter(
        restart: { ProcessStatus.forgetPeakMemory() }, peak: { ProcessStatus.peakMemory })
}

/// `Results/Benchmarks`: one CSV file for each section, all with the same columns, and the figures made from them; those of a
/// model that was asked for are in `models/<name>` there.
struct BenchmarkFolder {
    let url: URL

    init(results: URL, model: String? = nil) {
        let path = model.map { "Benchmarks/models/\($0)" } ?? "Benchmarks"
        url = results.appending(path: path, directoryHint: .isDirectory)
    }

    /// The sections that can have results, in the order of the document.
    static let sections = BenchmarkPart.allCases.map(\.rawValue) + [ComparisonTable.section]

    func write(_ measurements: [BenchmarkResult], section: String) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let rows = [BenchmarkResult.header] + measurements.map(\.fields)
        try AtomicFile.write(CSVField.bytes(rows: rows.map { $0.map(CSVField.text) }), to: file(section))
    }

    /// The results of a section; none where there is no file. Throws `CSVError` or `FileError` for a damaged one.
    func read(section: String) throws -> [BenchmarkResult] {
        let file = file(section)
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try CSVTable(whole: file).rows(BenchmarkResult.header).map { row in
            guard let measurement = BenchmarkResult(fields: row.fields) else {
                throw row.error("a field that should be a number is not one")
            }
            return measurement
        }
    }

    /// Writes what the numbers were measured on and with.
    func writeMachine(threads: Int) throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let machine = Provenance.current
        let rows: [[CSVField]] = [
            ["key", "value"], ["processor", .text(machine.processor)], ["processors", .integer(machine.processors)],
            ["architecture", .text(machine.architecture)], ["system", .text(machine.system)],
            ["toolchain", .text(machine.toolchain)], ["build", .text(machine.build)],
            ["git-commit", machine.commit.map(CSVField.text) ?? .empty], ["threads", .integer(threads)],
        ]
        try AtomicFile.write(CSVField.bytes(rows: rows), to: file("machine"))
    }

    /// What `writeMachine` wrote, as a sentence; nil where there is nothing.
    func machine() throws -> String? {
        guard FileManager.default.fileExists(atPath: file("machine").path) else { return nil }
        let rows = try CSVTable(whole: file("machine")).rows(["key", "value"]).map { ($0[0], $0[1]) }
        let facts = Dictionary(rows) { first, _ in first }
        func fact(_ key: String) -> String { facts[key] ?? "" }
        let commit = fact("git-commit").isEmpty ? "" : ", commit \(fact("git-commit").prefix(10))"
        return "Measured on \(fact("processor")) with \(fact("processors")) cores, \(fact("system")), "
            + "\(fact("toolchain"))\(commit)."
    }

    private func file(_ section: String) -> URL { url.appending(path: "\(section).csv") }
}

/// How much of the machine other processes used in a stretch of time: what makes numbers slow and scattered.
///
/// From `/proc`, so on Linux alone; grains are hundredths of a second.
struct OtherLoad {
    private let processes: [String]
    private let start: Reading?

    private struct Reading {
        /// Seconds that all cores have worked since the system started.
        let busy: Double
        /// Seconds of those that belong to the processes that measure.
        let own: Double
        let time: ContinuousClock.Instant
    }

    /// Begins a stretch in which this process and the given ones measure.
    init(besides processes: [Int32] = []) {
        self.processes = ["self"] + processes.map { "\($0)" }
        start = Self.reading(self.processes)
    }

    /// Cores that others used since then, on average; nil where the system does not tell, or in no time at all.
    var cores: Double? {
        guard let start, let now = Self.reading(processes) else { return nil }
        let seconds = Double((now.time - start.time) / .microseconds(1)) / 1e6
        return seconds < 0.1 ? nil : max(0, (now.busy - start.busy) - (now.own - start.own)) / seconds
    }

    private static func reading(_ processes: [String]) -> Reading? {
        guard let total = fields(of: "/proc/stat", after: "cpu "), total.count >= 8 else { return nil }
        let own = processes.compactMap { process -> Double? in
            // Behind the name in brackets: the state is the first field, times of itself and of ended children follow.
            guard let fields = fields(of: "/proc/\(process)/stat", after: ") "), fields.count >= 15 else { return nil }
            return fields[11..<15].reduce(0, +)
        }
        guard own.count == processes.count else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // User, nice, system, interrupts and what the host took; not idling and waiting.
        let busy = total[0] + total[1] + total[2] + total[5] + total[6] + total[7]
        return Reading(busy: busy / ticks, own: own.reduce(0, +) / ticks, time: .now)
    }

    /// The numbers of the first line behind a mark; words count as 0.
    private static func fields(of file: String, after mark: String) -> [Double]? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let line = text.split(separator: "\n").first, let place = line.range(of: mark, options: .backwards)
        else { return nil }
        return line[place.upperBound...].split(separator: " ").map { Double($0) ?? 0 }
    }
}
