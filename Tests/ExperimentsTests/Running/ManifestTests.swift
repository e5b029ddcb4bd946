import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Running
@testable import Results

struct ManifestTests {
    static func example() -> Manifest {
        var manifest = Manifest(
            experiment: "mnist-mlp", arm: "baseline", seed: 3, profile: "quick", steps: 100, hash: "abc",
            numericsVersion: 1, settings: ["optimizer.sgd.rate": "0.1"],
            dataset: .init(name: "mnist", checksum: "c0ffee", synthetic: false, train: 60000, test: 10000, classes: 10),
            batch: 60, parameters: 99_710, threads: 2, started: "2026-01-02T03:04:05Z", provenance: .current)
        manifest.status = .diverged
        manifest.divergedAt = 17
        manifest.metrics = [
            .init(
                name: "test-loss", statistics: "none", first: .init(value: 2.3, step: 0),
                last: .init(value: .nan, step: 17), best: nil)
        ]
        return manifest
    }

    @Test func readsBackWhatWasWritten() throws {
        let folder = try TemporaryFolder()
        let manifest = Self.example()
        try AtomicFile.write(manifest.encoded(), to: folder.file("run.json"))
        let read = try Manifest(folder.file("run.json"))
        #expect(try read.encoded() == manifest.encoded())
        #expect(read.metrics[0].last.value.isNaN)
        #expect(read.divergedAt == 17)
    }

    @Test func isStrictJSONWithWordsForWhatIsNotFinite() throws {
        let text = String(decoding: try Self.example().encoded(), as: UTF8.self)
        #expect(text.contains("\"value\" : \"nan\""))
        #expect(text.contains("\"diverged-at\" : 17"))
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
    }

    @Test func saysNothingAboutThePerson() throws {
        let text = String(decoding: try Self.example().encoded(), as: UTF8.self)
        #expect(!text.contains(NSHomeDirectory() + "/"))
        #expect(!text.contains(FileManager.default.currentDirectoryPath))
        #expect(!text.contains(ProcessInfo.processInfo.hostName))
    }

    @Test func aFileThatIsNoManifestIsAnErrorThatNamesIt() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("{ \"status\": \"finished\"", to: folder.file("run.json"))
        let error = #expect(throws: FileError.self) { try Manifest(folder.file("run.json")) }
        #expect(error?.description.contains("run.json") == true)
    }
}
