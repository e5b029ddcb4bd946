import Foundation
import Testing

/// The rules that keep the modules a spine: what each may import, where pointers may stand, how long a file may be.
@Suite struct ModuleRulesTests {
    /// What each target may import; `Glibc`-like platform modules are nobody's.
    static let allowed: [String: Set<String>] = [
        "Kernels": ["CProcessor", "Synchronization", "Dispatch"],
        "Vocabulary": [],
        "Results": ["Vocabulary", "Foundation", "Synchronization"],
        "Engine": ["Kernels", "Vocabulary"],
        "Benchmarks": ["Vocabulary", "Results", "Kernels", "Engine"],
        "StrokeFont": [],
        "Datasets": [
            "Vocabulary", "CProcessor", "CZlib", "StrokeFont", "Foundation", "FoundationNetworking", "Synchronization",
        ],
        "Declarations": ["Vocabulary", "Yams"],
        "Claims": ["Vocabulary", "Declarations", "Results", "Foundation"],
        "Running": [
            "Vocabulary", "Declarations", "Results", "Kernels", "Engine", "Datasets", "Foundation", "Dispatch",
            "Synchronization",
        ],
        "Plotting": ["CPNG", "StrokeFont", "Foundation"],
        "Figures": ["Vocabulary", "Declarations", "Results", "Plotting", "Foundation"],
        "Experiments": [
            "Vocabulary", "Declarations", "Results", "Claims", "Engine", "Datasets", "Running", "Figures", "Foundation",
        ],
        "normlab": [
            "CProcessor", "Vocabulary", "Declarations", "Results", "Claims", "Kernels", "Engine", "Benchmarks",
            "Datasets", "Running", "Experiments", "Plotting", "Figures", "ArgumentParser", "Foundation", "Dispatch",
            "Synchronization",
        ],
    ]

    /// Where unsafe pointers may stand: the kernels, the probe of the memory's bandwidth, and the borders
    /// to zlib and libpng.
    static let unsafeIsAllowed = [
        "Kernels/", "Benchmarks/Probes/Bandwidth.swift", "Datasets/Gzip.swift",
        "Datasets/Normalization/ByteSpan+Fetching.swift",
        "Plotting/Raster/PNG.swift",
    ]

    static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    static func swiftFiles() throws -> [(path: String, text: String)] {
        let root = sources.path(percentEncoded: false)
        let files = try #require(FileManager.default.enumerator(atPath: root))
        return try files.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }.sorted().map {
            ($0, try String(contentsOfFile: root + "/" + $0, encoding: .utf8))
        }
    }

    static func imports(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
            guard let index = words.firstIndex(of: "import"),
                index == 0 || words[0] == "public" || words[0] == "internal"
            else { return nil }
            return words.last.map { String($0.split(separator: ".")[0]) }
        }
    }

    @Test func everyTargetImportsOnlyWhatItMay() throws {
        let files = try Self.swiftFiles()
        #expect(files.count > 40)
        for (path, text) in files {
            let target = String(path.prefix { $0 != "/" })
            let rules = try #require(Self.allowed[target], "no rule for the target of \(path)")
            for module in Self.imports(in: text) where !rules.contains(module) {
                Issue.record("\(path) imports \(module), which \(target) must not know")
            }
        }
    }

    @Test func theRuleReaderSeesImports() {
        let text = "import A\n@testable import B\npublic import struct C.D\n// import E\nlet important = 1"
        #expect(Self.imports(in: text) == ["A", "B", "C"])
    }

    @Test func unsafePointersStandInTheirPlaces() throws {
        for (path, text) in try Self.swiftFiles()
        where text.contains("Unsafe") && !Self.unsafeIsAllowed.contains(where: path.hasPrefix) {
            Issue.record("\(path) uses unsafe memory; it belongs in \(Self.unsafeIsAllowed.joined(separator: ", "))")
        }
    }

    @Test func filesAreShort() throws {
        for (path, text) in try Self.swiftFiles() {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
            #expect(lines <= 401, "\(path) has \(lines) lines; split it by idea")
        }
    }

    @Test func nothingTrapsOnInput() throws {
        for (path, text) in try Self.swiftFiles() {
            for word in ["try!", "fatalError("] {
                #expect(!text.contains(word), "\(path) contains \(word)")
            }
        }
    }
}
