import Foundation
import Testing

/// `Scripts/same-results.sh` names what no rule allows, and lets through what one does.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct SameResultsTests {
    /// The exit code and the output for one file in two folders of results.
    private func compare(_ path: String, _ old: String, _ new: String) throws -> (code: Int32, output: String) {
        let laboratory = try TemporaryLaboratory([:])
        for (root, text) in [("old", old), ("new", new)] {
            let file = laboratory.file("\(root)/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            Program.repository.appending(path: "Scripts/same-results.sh").path, laboratory.file("old").path,
            laboratory.file("new").path,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test(arguments: [
        ("e/settings.csv", "arm,key,value\nx,activation,relu\n", "arm,key,value\nx,activation,sigmoid\n"),
        ("e/a/seed-1/run.json", #"{"status":"finished"}"#, #"{"status":"diverged"}"#),
        ("e/a/seed-1/eval.csv", "step,accuracy\n0,0.5\n", "step,accuracy\n0,0.5000001\n"),
        ("e/a/seed-1/config.yaml", "base:\n  batch: 5\n", "base:\n  batch: 6\n"), ("e/x.png", "a", "b"),
    ])
    func whatNoRuleAllowsIsNamed(path: String, old: String, new: String) throws {
        let outcome = try compare(path, old, new)
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("DIFFERS \(path)"), "\(outcome.output)")
    }

    @Test(arguments: [
        ("e/a/seed-1/eval.csv", "step,accuracy\n0,5.0\n", "step,accuracy\n0,5\n"),
        ("e/a/seed-1/run.json", #"{"status":"finished","seconds":1}"#, #"{"status":"finished","seconds":2}"#),
        ("e/a/seed-1/config.yaml", "base:\n  stream: 0\n", "base:\n  random-stream: 0\n"), ("e/x.png", "a", "a"),
    ])
    func whatARuleAllowsIsNot(path: String, old: String, new: String) throws {
        let outcome = try compare(path, old, new)
        #expect(outcome.code == 0, "\(outcome.output)")
    }
}
