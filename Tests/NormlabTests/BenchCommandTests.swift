import Foundation
import Testing

/// `normlab bench` as a user runs it, in the quick form that measures nothing.
@Suite struct BenchCommandTests {
    private let results = FileManager.default.temporaryDirectory.appending(path: "normlab-bench-\(UUID().uuidString)")
    private var folder: URL { results.appending(path: "Benchmarks") }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        try Program(folder: Program.repository).run(["bench", "--quick", "--results", results.path] + arguments)
    }

    private func table(_ section: String) throws -> StrictCSV {
        try StrictCSV(Data(contentsOf: folder.appending(path: "\(section).csv")))
    }

    @Test func everySectionRunsAndWritesItsRows() throws {
        defer { try? FileManager.default.removeItem(at: results) }
        let outcome = try run("--threads", "2")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let document = try String(contentsOf: Program.repository.appending(path: "docs/formats.md"), encoding: .utf8)
        let sections = [
            "peaks", "kernels", "layers", "networks", "runs", "scaling", "side-by-side", "startup", "observation",
        ]
        for section in sections {
            let table = try table(section)
            #expect(document.contains("    \(table.header.joined(separator: ","))\n"))
            #expect(Set(try table.column("section")) == [section])
            #expect(try table.numbers("median").allSatisfy { $0?.isFinite == true }, "\(section)")
            for (least, greatest) in zip(try table.numbers("minimum"), try table.numbers("maximum")) {
                #expect((least ?? .nan) <= (greatest ?? .nan), "\(section)")
            }
        }
        let sideBySide = try table("side-by-side")
        #expect(try sideBySide.column("variant").prefix(2) == ["one run", "2 runs at a time"])
        #expect(try sideBySide.column("threads").prefix(2) == ["2", "1"])
        for picture in ["roofline", "scaling"] {
            let file = try PNGFile(Data(contentsOf: folder.appending(path: "\(picture).png")))
            #expect(file.width > 400)
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: "\(picture).svg").path))
        }
        let markdown = try run("--markdown")
        #expect(markdown.code == 0)
        #expect(markdown.output.contains("| convolution 5×5 (Winograd), 20→50 on 12×12 | weight gradient | 64 |"))
    }

    @Test func sectionsAreChosen() throws {
        defer { try? FileManager.default.removeItem(at: results) }
        let outcome = try run("peaks", "startup")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(files == ["machine.csv", "peaks.csv", "startup.csv", "startup.log"])
        #expect(try run("peeks").code == 64)
    }

    // MARK: One model

    @Test func aModelOfTheRepositoryIsMeasured() throws {
        defer { try? FileManager.default.removeItem(at: results) }
        let outcome = try run("networks", "layers", "--model", "models/softmax", "--batch", "4", "--threads", "1")
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("training effective rate [GFLOP/s]"))
        let networks = try table("models/softmax/networks")
        #expect(Set(try networks.column("name")) == ["softmax"])
        #expect(Set(try networks.column("batch")).subtracting([""]) == ["4"])
        let metrics = ["training", "training-effective-rate", "training-rate", "inference", "planned-memory"]
        #expect(Set(try networks.column("metric")).isSuperset(of: metrics))
        #expect(try table("models/softmax/layers").column("name").contains { $0.hasPrefix("softmax/") })
        // The results of the usual networks are elsewhere.
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "networks.csv").path))
        let markdown = try run("--markdown", "--model", "softmax")
        #expect(markdown.output.contains("| softmax | "), "\(markdown.errors)")
    }

    private func model(units: Int, input: String = "input: { height: 8, width: 8, channels: 2 }") throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "normlab-model-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "mine.yaml")
        let text = """
            title: Mine
            source: none
            classes: 7
            \(input)
            layers:
              - convolution: { channels: 3, kernel: 3 }
              - normalize
              - activate
              - dense: { units: \(units) }

            """
        try Data(text.utf8).write(to: file)
        return file
    }

    @Test func aFileOfOnesOwnIsMeasuredWithItsSettings() throws {
        let file = try model(units: 7)
        defer {
            for url in [results, file.deletingLastPathComponent()] { try? FileManager.default.removeItem(at: url) }
        }
        let outcome = try run("--model", file.path, "--batch", "3", "--set", "normalization=batch-norm")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let networks = try table("models/mine/networks")
        #expect(Set(try networks.column("variant")).subtracting([""]) == ["normalization=batch-norm"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["models"])
    }

    @Test func aBadModelIsReportedWhereItIsWritten() throws {
        let (wide, shapeless) = (try model(units: 11), try model(units: 7, input: "# no input"))
        defer {
            for url in [wide, shapeless] { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }
        }
        let head = try run("--model", wide.path)
        #expect(head.code == 65)
        #expect(
            head.errors.contains(
                "mine.yaml:9:5: error: layer 'dense1': found 11 scores, expected one for each of the 7"))
        let input = try run("--model", shapeless.path)
        #expect(input.code == 65)
        #expect(input.errors.contains("mine.yaml:1:1: error: the model names no input shape; add 'input:"))
        let missing = try run("--model", "nowhere.yaml")
        #expect(missing.code == 65)
        #expect(missing.errors.contains("nowhere.yaml: error: there is no such file"))
        let misspelt = try run("--model", "sofmax")
        #expect(misspelt.code == 65)
        #expect(misspelt.errors.contains("there is no model 'sofmax'; did you mean 'softmax'?"))
        let setting = try run("--model", "softmax", "--set", "normalisation=batch-norm")
        #expect(setting.code == 65)
        #expect(setting.errors.contains("did you mean 'normalization'?"))
    }

    @Test(arguments: [
        (["--model", "softmax", "--batch", "0"], "--batch 0: expected a number from 1 to 1000000"),
        (["networks", "--batch", "4"], "--batch is the batch of a --model; name one"),
        (["startup", "--model", "softmax"], "the sections that do are kernels, layers, networks"),
        (["--compare", "--model", "mlp", "--set", "width=2"], "without --set"),
    ])
    func optionsThatDoNotFitAreRefused(_ arguments: [String], _ message: String) throws {
        let outcome = try Program(folder: Program.repository).run(["bench", "--results", results.path] + arguments)
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test func aModelThatOthersDoNotKnowIsNotCompared() throws {
        defer { try? FileManager.default.removeItem(at: results) }
        let outcome = try run("--compare", "--model", "softmax", "--python", "/bin/sh")
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("mlp, lenet, inception, vgg-plain"), "\(outcome.errors)")
    }

    /// In all its variants, at the batch that is given.
    @Test func oneModelIsComparedAtABatchOfItsOwn() throws {
        let peer = try peer(multiplyAdds: 99_400)
        defer { for url in [results, peer] { try? FileManager.default.removeItem(at: url) } }
        let outcome = try run("--compare", "--model", "mlp", "--batch", "7", "--python", peer.path)
        // With batch normalization the perceptron has other parameters than the peer says.
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("runs another mlp/bn"), "\(outcome.errors)")
        let table = try table("models/mlp/compare")
        #expect(Set(try table.column("batch")).subtracting([""]) == ["7"])
        #expect(Set(try table.column("variant")).subtracting([""]) == ["none"])
    }

    // MARK: Comparison

    /// A program in the place of Python that says its network has so many multiply-adds.
    private func peer(multiplyAdds: Int) throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "normlab-peer-\(UUID().uuidString)")
        let text = """
            #!/bin/sh
            echo "a line that is no answer"
            echo '{"program":"peer","parameters":99710,"multiply-adds":\(multiplyAdds),"memory":5000000}'
            while read order seconds; do echo '{"images-per-second":1000,"memory":6000000}'; done
            """
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return file
    }

    @Test func aPeerIsComparedInTurns() throws {
        let peer = try peer(multiplyAdds: 99_400)
        defer {
            try? FileManager.default.removeItem(at: results)
            try? FileManager.default.removeItem(at: peer)
        }
        let outcome = try run("--compare", "--python", peer.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("Geometric mean of the ratios"))
        let table = try table("compare")
        let subjects = try table.column("subject")
        #expect(Set(subjects) == ["normlab", "jax scan", "torch eager, fused"])
        let ratios = try table.column("metric").indices.filter { try table.column("metric")[$0] == "training-ratio" }
        #expect(ratios.count == 2)
        for row in ratios { #expect((try table.numbers("median")[row] ?? 0) > 0) }
    }

    @Test func aPeerWithAnotherNetworkIsRefused() throws {
        let peer = try peer(multiplyAdds: 99_401)
        defer {
            try? FileManager.default.removeItem(at: results)
            try? FileManager.default.removeItem(at: peer)
        }
        let outcome = try run("--compare", "--python", peer.path)
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("99401 multiply-adds an image, expected 99710 and 99400"))
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "compare.csv").path))
    }

    @Test func aPeerThatEndsIsNamedAndTheOthersGoOn() throws {
        let good = try peer(multiplyAdds: 99_400)
        let file = FileManager.default.temporaryDirectory.appending(path: "normlab-peer-\(UUID().uuidString)")
        // JAX says that it is ready and ends; PyTorch works.
        let ready = #"{"program":"peer","parameters":99710,"multiply-adds":99400,"memory":1}"#
        let text = "#!/bin/sh\ncase \"$*\" in *jax*) echo '\(ready)'; exit 1 ;; esac\nexec \(good.path)\n"
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        defer { for url in [results, good, file] { try? FileManager.default.removeItem(at: url) } }
        let outcome = try run("--compare", "--python", file.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("note: mlp/none: jax scan"))
        #expect(outcome.output.contains("torch eager, fused"))
    }

    @Test func aMissingPythonIsNamedWithItsCure() throws {
        defer { try? FileManager.default.removeItem(at: results) }
        let outcome = try run("--compare", "--python", "/nowhere/python")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("make bench-peers"))
    }

    @Test func withoutResultsThereIsNoMarkdown() throws {
        #expect(try run("--markdown").code == 1)
    }
}
