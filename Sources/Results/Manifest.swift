import Foundation

public enum RunStatus: String, Codable, Sendable, CaseIterable {
    /// Begun; when no process works on it, it was killed.
    case running
    /// Stopped on request after saving its state.
    case interrupted
    /// Trained to its last step.
    case finished
    /// Stopped because a loss was no longer a finite number; a result like another.
    case diverged

    /// Whether nothing is left to do: the run is a result.
    public var isComplete: Bool { self == .finished || self == .diverged }
}

/// What stands in a run's `run.json`: what was run, on what, how it ended.
///
/// Written when the run begins, when it is interrupted, and last of all files when it ends: a run whose manifest says
/// `finished` or `diverged` is complete. Numbers that are not finite stand as the texts `nan`, `inf` and `-inf`.
public struct Manifest: Codable, Equatable, Sendable {
    /// The data that were trained on.
    public struct Data: Codable, Equatable, Sendable {
        public var name: String
        /// The check value of the files that were read.
        public var checksum: String
        /// Whether the images were generated rather than collected.
        public var synthetic: Bool
        public var train: Int
        public var test: Int
        public var classes: Int

        public init(name: String, checksum: String, synthetic: Bool, train: Int, test: Int, classes: Int) {
            self.name = name
            self.checksum = checksum
            self.synthetic = synthetic
            self.train = train
            self.test = test
            self.classes = classes
        }
    }

    /// A value and the step at which it was reached.
    public typealias Mark = Curve.Point

    /// The first, last and best value of one metric under one source of statistics.
    public struct Metric: Codable, Equatable, Sendable {
        /// `test-accuracy`, `test-loss` or `train-loss`.
        public var name: String
        /// `none`, `moving-average`, `plain-average`, `population` or `batch`, which metrics of training have too.
        public var statistics: String
        public var first: Mark
        public var last: Mark
        /// The best finite value, at its first occurrence; nil where none is finite.
        public var best: Mark?
    }

    public var format = 1
    public var status: RunStatus
    public var experiment: String
    public var arm: String
    public var seed: UInt64
    public var profile: String
    public var steps: Int
    public var step: Int
    /// The step whose loss was not finite, for a diverged run.
    public var divergedAt: Int?
    /// The check value of everything that determines the numbers.
    public var hash: String
    /// The version of the arithmetic: equal versions and hashes give equal bits.
    public var numericsVersion: Int
    /// Every resolved setting, flattened (`optimizer.sgd.rate`), in words.
    public var settings: [String: String]
    public var dataset: Data
    public var batch: Int
    public var parameters: Int
    public var metrics: [Metric] = []
    /// Threads used; they do not change the numbers.
    public var threads: Int
    /// When the run was first begun, in ISO 8601 (UTC).
    public var started: String
    public var ended: String?
    /// Seconds of work, evaluations and observations included, over all its parts.
    public var seconds: Double = 0
    /// Training images per second of work.
    public var imagesPerSecond: Double = 0
    /// How often it was continued after an interruption.
    public var resumptions: Int = 0
    /// The most resident memory, in bytes, while it ran.
    public var peakMemory: Int?
    public var provenance: Provenance

    package enum CodingKeys: String, CodingKey {
        case format, status, experiment, arm, seed, profile, steps, step, hash, settings, dataset, batch, parameters
        case metrics, threads, started, ended, seconds, resumptions, provenance
        case divergedAt = "diverged-at"
        case numericsVersion = "numerics-version"
        case imagesPerSecond = "images-per-second"
        case peakMemory = "peak-memory"
    }

    /// Reads a manifest.
    ///
    /// - Throws: `FileError`, also for a file that is not a manifest.
    public init(_ url: URL) throws(FileError) {
        let bytes = try AtomicFile.read(url)
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            self = try decoder.decode(Manifest.self, from: Foundation.Data(bytes))
        } catch {
            throw FileError(operation: "read", path: url.path, reason: "not a run's manifest: \(error)")
        }
    }

    /// The file's text: keys in alphabetical order, two spaces of indentation.
    public func encoded() throws(FileError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            return [UInt8](try encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            throw FileError(operation: "write", path: "run.json", reason: "\(error)")
        }
    }
}

extension Manifest {
    /// A manifest of a run that has just begun.
    package init(
        experiment: String, arm: String, seed: UInt64, profile: String, steps: Int, hash: String,
        numericsVersion: Int, settings: [String: String], dataset: Data, batch: Int, parameters: Int, threads: Int,
        started: String, provenance: Provenance
    ) {
        status = .running
        step = 0
        self.experiment = experiment
        self.arm = arm
        self.seed = seed
        self.profile = profile
        self.steps = steps
        self.hash = hash
        self.numericsVersion = numericsVersion
        self.settings = settings
        self.dataset = dataset
        self.batch = batch
        self.parameters = parameters
        self.threads = threads
        self.started = started
        self.provenance = provenance
    }
}

/// Where results come from: the machine's processor, the system, the compiler and the source that was built.
///
/// Nothing about the person is here: no user, host or path, no environment.
public struct Provenance: Codable, Equatable, Sendable {
    public var processor: String
    /// Logical processors of the machine.
    public var processors: Int
    /// The instruction set architecture (`x86_64`, `arm64`).
    public var architecture: String
    public var system: String
    /// The compiler's version, as far as the compiler tells it.
    public var toolchain: String
    /// Whether the program was built with optimization (`release`) or without (`debug`).
    public var build: String
    /// The commit of the source, with ` (modified)` where files differ from it; nil outside a git repository.
    public var commit: String?

    enum CodingKeys: String, CodingKey {
        case processor, processors, architecture, system, toolchain, build
        case commit = "git-commit"
    }

    public init(
        processor: String, processors: Int, architecture: String, system: String, toolchain: String, build: String,
        commit: String?
    ) {
        self.processor = processor
        self.processors = processors
        self.architecture = architecture
        self.system = system
        self.toolchain = toolchain
        self.build = build
        self.commit = commit
    }
}
