import Foundation
import TestSupport
import Testing

@testable import Datasets

/// Fetching from mirrors that are folders of the test, through a downloader that copies.
@Suite struct DatasetFetcherTests {
    let folder: TemporaryFolder
    let good: TemporaryFolder
    let bad: TemporaryFolder

    /// Copies files, as a network would.
    struct Copier: Downloader {
        func download(
            _ address: String, to file: URL, maximumByteCount: Int, progress: (Int) -> Void
        ) throws(DataError) {
            guard let url = URL(string: address), let data = try? Data(contentsOf: url),
                (try? data.write(to: file)) != nil
            else { throw DataError(.downloadFailed, subject: address, found: "404", expected: "a download") }
            progress(data.count)
        }
    }

    /// Fails where anything is downloaded.
    struct NoNetwork: Downloader {
        func download(
            _ address: String, to file: URL, maximumByteCount: Int, progress: (Int) -> Void
        ) throws(DataError) {
            throw DataError(.downloadFailed, subject: address, found: "no network", expected: "a download")
        }
    }

    /// What a fetch reported.
    final class Log {
        var events: [FetchEvent] = []
    }

    init() throws {
        folder = try TemporaryFolder()
        good = try TemporaryFolder()
        bad = try TemporaryFolder()
        for file in TinyData.contents { try good.write(FileFormats.gzip(file.bytes), to: file.name) }
    }

    private func fetch(_ source: DatasetSource, _ downloader: any Downloader = Copier()) throws -> [FetchEvent] {
        let log = Log()
        try source.fetch(into: TinyData.search(folder), with: downloader) { log.events.append($0) }
        return log.events
    }

    @Test func fetchedFilesAreVerifiedAndComplete() throws {
        let source = TinyData.source(mirrors: [good.url])
        let events = try fetch(source)
        #expect(
            events.filter { if case .verified = $0 { true } else { false } }
                == TinyData.contents.map { .verified(file: $0.name) })
        #expect(try folder.contents() == TinyData.contents.map { "tiny/\($0.name)" }.sorted())
        #expect(try source.load(from: TinyData.search(folder)).train.images == TinyData.trainImages)
        #expect(try source.verify(in: TinyData.search(folder)).allSatisfy { $0.error == nil })
        // Once it is there, nothing more is downloaded.
        #expect(try fetch(source, NoNetwork()) == TinyData.contents.map { .present(file: $0.name) })
    }

    @Test func theNextMirrorIsTried() throws {
        // The first mirror has a web page for the first file, a cut second, a wrong third and no fourth.
        let names = TinyData.contents.map(\.name)
        try bad.write(Array("<html>503 Service Unavailable</html>".utf8), to: names[0])
        try bad.write(FileFormats.gzip(TinyData.contents[1].bytes).dropLast(4), to: names[1])
        try bad.write(FileFormats.gzip(TinyData.contents[2].bytes + [0]), to: names[2])
        let events = try fetch(TinyData.source(mirrors: [bad.url, good.url]))
        let reasons = events.compactMap { if case .mirrorFailed(_, _, let reason) = $0 { reason } else { nil } }
        #expect(reasons.count == 4)
        #expect(reasons[0].hasPrefix("html instead of data"))
        #expect(reasons[1].hasPrefix("truncated"))
        #expect(reasons[2].hasPrefix("checksum mismatch"))
        #expect(reasons[3] == "404")
        #expect(try TinyData.source().verify(in: TinyData.search(folder)).allSatisfy { $0.error == nil })
    }

    @Test func anotherGzipHeaderIsNoOtherFile() throws {
        var bytes = FileFormats.gzip(TinyData.contents[0].bytes)
        bytes[4] = 99
        try good.write(bytes, to: TinyData.contents[0].name)
        _ = try fetch(TinyData.source(mirrors: [good.url]))
    }

    @Test func withoutANetworkTheMessageSaysWhatToDoByHand() throws {
        let error = try #require(throws: DataError.self) {
            _ = try fetch(TinyData.source(mirrors: [good.url, bad.url]), NoNetwork())
        }
        #expect(error.kind == .downloadFailed)
        #expect(error.isUnavailable)
        #expect(error.subject == "train-images-idx3-ubyte.gz")
        #expect(error.found == "nothing usable at 2 mirrors")
        #expect(error.suggestion.contains("no network"))
        let zipped = FileFormats.gzip(TinyData.contents[0].bytes)
        #expect(error.expected == "\(zipped.count) bytes with SHA-256 \(SHA256.hexDigest(of: zipped))")
        for file in TinyData.contents { #expect(error.suggestion.contains(file.name)) }
        #expect(error.suggestion.contains(folder.url.appending(path: "tiny/").path(percentEncoded: false)))
        #expect(try folder.contents().isEmpty, "nothing half done is left")
    }

    @Test func onlyWhatIsMissingOrBadIsFetched() throws {
        try TinyData.write(to: folder, isCompressed: false)
        try folder.write([1, 2, 3], to: "tiny/train-labels-idx1-ubyte")
        let reports = try TinyData.source().verify(in: TinyData.search(folder))
        #expect(reports.map { $0.error?.kind } == [nil, .checksumMismatch, nil, nil])
        let events = try fetch(TinyData.source(mirrors: [good.url]))
        #expect(events.filter { if case .verified = $0 { true } else { false } }.count == 1)
        #expect(try folder.contents().contains("tiny/train-labels-idx1-ubyte") == false)
        #expect(try TinyData.source().load(from: TinyData.search(folder)).train.labels == TinyData.trainLabels)
    }

    /// Somebody's own folder is never written to.
    @Test func aBadCopyElsewhereIsReportedAndLeftAlone() throws {
        let elsewhere = try TemporaryFolder()
        try TinyData.write(to: elsewhere, replacing: "train-labels-idx1-ubyte.gz", with: [1, 2, 3])
        let search = DataSearch(
            places: [
                .init(folder: elsewhere.url, label: "$NORMLAB_DATA", isRequired: true),
                .init(folder: folder.url, label: "Data"),
            ], downloads: folder.url)
        let error = #expect(throws: DataError.self) {
            try TinyData.source(mirrors: [good.url]).fetch(into: search, with: Copier())
        }
        #expect(error?.kind == .checksumMismatch)
        #expect(error?.suggestion.contains("comes first in the search") == true)
        #expect(try Data(contentsOf: elsewhere.url.appending(path: "tiny/train-labels-idx1-ubyte.gz")).count == 3)
    }

    @Test func drawnDigitsNeedNoFetching() throws {
        #expect(try DatasetSource.glyphs.fetch(into: TinyData.search(folder), with: NoNetwork()) == .embedded)
        #expect(try DatasetSource.glyphs.verify(in: TinyData.search(folder)).isEmpty)
    }

    // MARK: Archives

    private func archived(mirrors: [URL]) -> (
        source: DatasetSource, archive: [UInt8], files: [(name: String, bytes: [UInt8])]
    ) {
        let files = [
            ("data.bin", TinyData.batch(labels: [1, 2, 3], start: 3).file),
            ("test.bin", TinyData.batch(labels: [4], start: 9).file),
        ]
        let archive = FileFormats.gzip(FileFormats.tar([("readme.html", [60])] + files))
        let source = DatasetSource(
            name: "tiny", title: "Tiny", license: "", shape: CIFAR10Batch.shape,
            classes: (0...9).map(String.init), trainCount: 3, testCount: 1, format: .cifar10,
            folders: ["tiny/bin", "tiny"],
            files: files.map { name, bytes in
                DataFile(
                    name: name, part: name == "test.bin" ? .testRecords : .trainRecords, byteCount: bytes.count,
                    sha256: SHA256.hexDigest(of: bytes))
            },
            archive: DataArchive(
                name: "tiny.tar.gz", byteCount: archive.count, sha256: SHA256.hexDigest(of: archive),
                mirrors: mirrors.map { $0.appending(path: "tiny.tar.gz").absoluteString }))
        return (source, archive, files)
    }

    @Test func archivesAreUnpacked() throws {
        let (source, archive, files) = archived(mirrors: [bad.url, good.url])
        try bad.write(archive.dropLast(10), to: "tiny.tar.gz")
        try good.write(archive, to: "tiny.tar.gz")
        let events = try fetch(source)
        #expect(events.contains(.unpacked(file: "test.bin", archive: "tiny.tar.gz")))
        #expect(
            events.contains {
                if case .mirrorFailed(_, _, let reason) = $0 { reason.hasPrefix("truncated") } else { false }
            })
        #expect(try folder.contents() == ["tiny/bin/data.bin", "tiny/bin/test.bin"])
        #expect(try Data(contentsOf: folder.url.appending(path: "tiny/bin/data.bin")) == Data(files[0].bytes))
        #expect(try source.load(from: TinyData.search(folder)).train.labels == [1, 2, 3])
    }

    @Test func anArchiveDroppedByHandNeedsNoNetwork() throws {
        let (source, archive, _) = archived(mirrors: [good.url])
        try folder.write(archive, to: "tiny/tiny.tar.gz")
        let absent = #expect(throws: DataError.self) { _ = try source.locate(in: TinyData.search(folder)) }
        #expect(absent?.found.contains("lacks data.bin, test.bin") == true)
        #expect(absent?.suggestion.contains("normlab data fetch tiny") == true)
        _ = try fetch(source, NoNetwork())
        #expect(try source.load(from: TinyData.search(folder)).test.labels == [4])
        #expect(try folder.contents().contains("tiny/tiny.tar.gz"), "what the user put there stays")
    }
}
