import Foundation
import Testing

/// A folder with experiment files on the embedded digits, gone with the test.
final class TemporaryLaboratory {
    let root = FileManager.default.temporaryDirectory.appending(
        path: "normlab-\(UUID().uuidString)", directoryHint: .isDirectory)
    let program: Program

    /// A laboratory with experiment files by name.
    init(_ experiments: [String: String] = ["tiny": TemporaryLaboratory.tiny]) throws {
        let folder = root.appending(path: "Experiments/Models", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // No data but the embedded ones, whatever this machine has.
        let empty = root.appending(path: "no-data", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
        program = Program(folder: root, environment: ["NORMLAB_DATA": empty.path])
        for (name, text) in experiments { try write(text, experiment: name) }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// Writes an experiment file.
    func write(_ text: String, experiment name: String) throws {
        try Data(text.utf8).write(to: root.appending(path: "Experiments/\(name).yaml"))
    }

    /// The file of a path below the root.
    func file(_ path: String) -> URL { root.appending(path: path) }

    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: file(path).path) }

    func text(_ path: String) throws -> String { try String(contentsOf: file(path), encoding: .utf8) }

    /// The contents of all files below a folder, by their paths in it.
    func files(_ path: String = "") throws -> [String: Data] {
        let folder = path.isEmpty ? root : file(path)
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        var files: [String: Data] = [:]
        for name in names {
            var isFolder: ObjCBool = false
            let url = folder.appending(path: name)
            _ = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            if !isFolder.boolValue { files[name] = try Data(contentsOf: url) }
        }
        return files
    }

    /// Two arms of a small network for a dozen steps.
    static let tiny = experiment(steps: 12, every: 4)

    /// Two arms of a small network with a convolution, batch normalization in one of them.
    static func experiment(steps: Int, every: Int, seeds: String = "[1]", claims: String = "") -> String {
        """
        title: A small network on drawn digits
        source: "Ioffe & Szegedy 2015, §4.1"
        question: Does the program do what it says?
        dataset: [glyphs]
        profiles:
          smoke: { steps: \(steps), seeds: \(seeds) }
          quick: { steps: \(steps), seeds: \(seeds) }
          paper: { steps: \(steps), seeds: \(seeds) }
        base:
          model:
            - name: conv
              convolution: { channels: 4, kernel: 5, stride: 2 }
            - normalize
            - activate
            - name: scores
              dense: { units: 10 }
          batch: 16
          optimizer: { sgd: { rate: 0.1, momentum: 0.9 } }
          evaluate: { every: \(every), population-batches: 2, examples: 100 }
          observe: { every: \(every), probe: 20 }
        arms:
          baseline: {}
          batch-norm: { normalization: batch-norm }
        figures:
          - accuracy-over-steps
          - loss-over-steps
          - activation-quantiles: { tap: conv/activation-input }
          - final-accuracy
        \(claims)
        """
    }
}

/// The files whose bytes are determined: all but those that hold times, and what only unfinished runs have.
func determined(_ files: [String: Data]) -> [String: Data] {
    let timed = ["run.json", "run.log", "runs.csv", "run.lock"]
    return files.filter { path, _ in !timed.contains { path == $0 || path.hasSuffix("/\($0)") } }
}

/// Records the files by name that differ: comparing dictionaries would print megabytes.
func expectSameFiles(
    _ files: [String: Data], _ expected: [String: Data], _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(files.keys.sorted() == expected.keys.sorted(), comment, sourceLocation: sourceLocation)
    let different = expected.keys.filter { files[$0] != expected[$0] }.sorted()
    #expect(different == [], comment, sourceLocation: sourceLocation)
}
