import Declarations
import Foundation
import Testing

@testable import Experiments
@testable import Running

/// A library of experiments that a test writes, in a folder of its own that goes when the test is over.
final class ExperimentFixture {
    let library: ExperimentLibrary

    /// The lines of a whole experiment up to `base`, which begins in line 9.
    static let head = """
        title: Tiny
        source: None
        question: Does it load?
        dataset: [mnist]
        profiles:
          smoke: { steps: 1, seeds: [1] }
          quick: { steps: 2, seeds: [1, 2] }
          paper: { steps: 3, seeds: [1, 2, 3] }

        """

    /// A base and two arms, from line 9 to 15.
    static let body = """
        base:
          model: tiny
          batch: 10
          optimizer: { sgd: { rate: 0.1 } }
        arms:
          baseline: {}
          batch-norm: { normalization: batch-norm }

        """

    /// 784-20-10, with a nonlinearity.
    static let tiny = """
        title: Tiny
        source: None
        layers:
          - dense: { units: 20 }
          - normalize
          - activate
          - dense: { units: 10 }

        """

    /// A library of experiments and models by name; the model `tiny` is always there.
    init(_ experiments: [String: String], models: [String: String] = [:]) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "normlab-\(UUID().uuidString)")
        library = ExperimentLibrary(root: root)
        let folder = root.appending(path: "Experiments/Models")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in models.merging(["tiny": Self.tiny], uniquingKeysWith: { given, _ in given }) {
            try Data(text.utf8).write(to: folder.appending(path: "\(name).yaml"))
        }
        for (name, text) in experiments {
            try write(text, to: "Experiments/\(name).yaml")
        }
    }

    /// Writes a file below the root.
    func write(_ text: String, to path: String) throws {
        let file = library.root.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    deinit {
        try? FileManager.default.removeItem(at: library.root)
    }

    /// The experiment whose base and arms are `body`.
    static func load(
        _ body: String, models: [String: String] = [:], set overrides: [String] = []
    ) throws -> Experiment {
        let fixture = try ExperimentFixture(["x": head + body], models: models)
        return try fixture.library.load("x", overrides: overrides.map { try Override($0) })
    }

    /// What is said about an experiment, or nothing if it is right.
    func messages(_ name: String = "x", set overrides: [String] = []) throws -> String {
        do {
            _ = try library.load(name, overrides: overrides.map { try Override($0) })
            return ""
        } catch let errors as ConfigurationErrors {
            return errors.description
        }
    }
}

/// Expects a text, and shows the whole of another one.
func expectText(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(text == expected, "it is:\n\(text)\n", sourceLocation: sourceLocation)
}
