import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct TarArchiveTests {
    let folder: TemporaryFolder
    static let files: [(name: String, bytes: [UInt8])] = [
        ("a.bin", Array(repeating: 1, count: 700)), ("readme", [9]), ("b.bin", Array(repeating: 2, count: 512)),
    ]

    init() throws { folder = try TemporaryFolder() }

    private func extract(_ archive: [UInt8], _ sizes: [String: Int]) throws -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        let url = try folder.write(archive, to: "archive")
        try TarArchive.extract(url, sizes: sizes) { name, bytes in found[name] = bytes }
        return found
    }

    @Test(arguments: [false, true])
    func wantedFilesComeOut(isCompressed: Bool) throws {
        let tar = FileFormats.tar(Self.files)
        let found = try extract(isCompressed ? FileFormats.gzip(tar) : tar, ["a.bin": 700, "b.bin": 512, "c": 1])
        #expect(found == ["a.bin": Self.files[0].bytes, "b.bin": Self.files[2].bytes])
    }

    @Test func theEndMayLackItsBlocksOfZeros() throws {
        let found = try extract(FileFormats.tar(Self.files).dropLast(1024), ["b.bin": 512])
        #expect(found["b.bin"]?.count == 512)
    }

    @Test func damagedArchives() throws {
        var tar = FileFormats.tar(Self.files)
        tar[3] ^= 1
        #expect(DataFileReaderTests.kind { _ = try extract(tar, [:]) } == .corruptArchive)
        let cut = Array(FileFormats.tar(Self.files).prefix(1500))
        #expect(DataFileReaderTests.kind { _ = try extract(cut, ["a.bin": 700]) } == .truncated)
        #expect(DataFileReaderTests.kind { _ = try extract(Array("not an archive".utf8), [:]) } == .corruptArchive)
        let other = FileFormats.tar(Self.files)
        #expect(DataFileReaderTests.kind { _ = try extract(other, ["a.bin": 701]) } == .corruptArchive)
    }

    @Test func readsWhatTheSystemsTarWrites() throws {
        let tar = "/usr/bin/tar"
        guard FileManager.default.isExecutableFile(atPath: tar) else { return }
        for file in Self.files { try folder.write(file.bytes, to: "in/\(file.name)") }
        let process = Process()
        process.executableURL = URL(filePath: tar)
        process.arguments = ["-czf", "out.tar.gz", "in"]
        process.currentDirectoryURL = folder.url
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        var found: [String: [UInt8]] = [:]
        try TarArchive.extract(folder.url.appending(path: "out.tar.gz"), sizes: ["a.bin": 700]) { found[$0] = $1 }
        #expect(found == ["a.bin": Self.files[0].bytes])
    }
}
