import Benchmarks
import Foundation
import Harness
import Kernels
import Results

/// Runs the sections of the benchmark: prints their tables and writes their files.
struct BenchmarkSession {
    let networks: BenchmarkNetworks
    let folder: BenchmarkFolder
    let laboratory: Laboratory
    let threads: Int
    let isQuick: Bool

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

    /// Writes the file of a section and prints its tables.
    func report(_ measurements: [BenchmarkResult], section: String) throws {
        try folder.write(measurements, section: section)
        for table in SectionTables.tables(of: section, measurements) { Terminal.say(table.text + "\n") }
    }

    private func section(_ part: BenchmarkPart, _ peaks: MachinePeaks, _ team: Team) throws -> any BenchmarkSection {
        let chosen = try chosenNetworks()
        switch part {
        case .peaks: return PeakSection(peaks, threads: threads)
        case .kernels: return KernelSection(chosen, peaks: peaks, team: team, effort: effort(.kernel))
        case .layers:
            let profiled = isQuick ? ["mlp"] : ["lenet", "inception"]
            return LayerSection(
                try profiled.map { try networks.network($0, "bn") }, team: team, effort: effort(.network))
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
            let scaled = isQuick ? [("mlp", "bn")] : [("mlp", "bn"), ("lenet", "bn")]
            return ScalingSection(
                try scaled.map { try networks.network($0, $1) }, threads: threads, effort: effort(.point),
                memory: Self.memory)
        case .sideBySide:
            let chosen = isQuick ? [("mlp", "bn")] : [("mlp", "bn"), ("lenet", "bn"), ("inception-narrow", "bn")]
            return SideBySideSection(
                networks: try chosen.map { try networks.network($0, $1) }, laboratory: laboratory, threads: threads,
                repeats: isQuick ? 1 : 5, seconds: isQuick ? 0 : 1, log: folder.url.appending(path: "side-by-side.log"))
        case .startup:
            return StartupSection(
                networks: try startupNetworks(), laboratory: laboratory, threads: threads, repeats: isQuick ? 1 : 5,
                log: folder.url.appending(path: "startup.log"))
        case .observation: return try observation(team)
        }
    }

    private func observation(_ team: Team) throws -> ObservationSection {
        let usual = ObservationDeclaration()
        let plan = ObservationSection.Plan(
            every: isQuick ? 1 : usual.every, taps: ["*/activation-input"], images: isQuick ? 8 : 100,
            edges: HistogramEdges(bins: usual.bins).edges)
        let observed = isQuick ? ["lenet"] : ["lenet", "inception-narrow"]
        return ObservationSection(
            try observed.map { try networks.network($0, "bn") }, plan: plan, team: team, effort: effort(.run))
    }

    private func chosenNetworks() throws -> [BenchmarkNetwork] {
        isQuick ? try [networks.network("mlp", "bn"), networks.network("lenet", "lrn")] : try networks.all()
    }

    private func startupNetworks() throws -> [BenchmarkNetwork] {
        let wanted = isQuick ? [("mlp", "none")] : [("mlp", "none"), ("lenet", "bn"), ("inception", "bn")]
        return try wanted.map { try networks.network($0, $1) }
    }

    private func effort(_ effort: Effort) -> Effort { isQuick ? .least : effort }

    private static let memory = MemoryMeter(
        restart: { ProcessStatus.forgetPeakMemory() }, peak: { ProcessStatus.peakMemory })
}
