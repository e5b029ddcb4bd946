import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DownloaderTests {
    let folder: TemporaryFolder
    static let hasCurl = ["/usr/bin/curl", "/usr/local/bin/curl", "/bin/curl"]
        .contains { FileManager.default.isExecutableFile(atPath: $0) }

    init() throws { folder = try TemporaryFolder() }

    @Test(.enabled(if: hasCurl)) func curlBringsAFile() throws {
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
        let source = try folder.write(bytes, to: "source")
        let target = folder.url.appending(path: "target")
        var received = 0
        try CommandDownloader().download(source.absoluteString, to: target, maximumByteCount: 10_000) { received = $0 }
        #expect(try Data(contentsOf: target) == Data(bytes))
        #expect(received == 5000)
    }

    @Test(.enabled(if: hasCurl)) func failuresCarryTheProgramsWords() throws {
        let absent = folder.url.appending(path: "absent")
        let error = #expect(throws: DataError.self) {
            try CommandDownloader().download(
                absent.absoluteString, to: folder.url.appending(path: "target"), maximumByteCount: 10
            ) { _ in }
        }
        #expect(error?.kind == .downloadFailed)
        #expect(error?.found.contains("curl") == true)
    }

    @Test func withoutAProgramTheMessageNamesOne() throws {
        let error = #expect(throws: DataError.self) {
            try CommandDownloader(path: folder.url.path).download(
                "https://example.org/x", to: folder.url.appending(path: "x"), maximumByteCount: 10
            ) { _ in }
        }
        #expect(error?.kind == .downloaderMissing)
        #expect(error?.suggestion.contains("apt-get install curl") == true)
    }

    /// A fetch in which the downloader is missing still says how to do it by hand.
    @Test func fetchingAddsTheInstructions() throws {
        let source = TinyData.source(mirrors: [folder.url])
        let error = #expect(throws: DataError.self) {
            try source.fetch(into: TinyData.search(folder), with: CommandDownloader(path: ""))
        }
        #expect(error?.kind == .downloaderMissing)
        #expect(error?.suggestion.contains("SHA-256") == true)
    }

    @Test func anAnswerThatIsTooLongIsBrokenOff() throws {
        let program = try folder.write(
            Array(
                "#!/bin/sh\nfor last; do :; done\neval file=\\${$(($# - 1))}\nwhile :; do echo aaaaaaaaaaaaaaaa; done > \"$file\"\n"
                    .utf8),
            to: "bin/curl")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        let error = #expect(throws: DataError.self) {
            try CommandDownloader(path: folder.url.appending(path: "bin").path).download(
                "https://example.org/x", to: folder.url.appending(path: "x"), maximumByteCount: 1000
            ) { _ in }
        }
        #expect(error?.kind == .downloadFailed)
        #expect(error?.found == "more than 1000 bytes")
    }
}
