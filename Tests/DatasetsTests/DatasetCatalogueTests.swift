import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite struct DatasetCatalogueTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func namesAreUniqueAndFound() throws {
        #expect(
            DatasetCatalogue.names == ["mnist", "fashion-mnist", "cifar-10", "glyphs", "glyphs-color", "gaussian"])
        for source in DatasetCatalogue.all {
            #expect(try DatasetCatalogue.source(source.name).title == source.title)
            #expect(source.classes.count == 10)
            #expect(source.isEmbedded == source.files.isEmpty)
        }
        let error = #expect(throws: DataError.self) { _ = try DatasetCatalogue.source("mnits") }
        #expect(error?.kind == .unknownDataset)
        #expect(error?.expected.contains("mnist") == true)
    }

    @Test func everyPinnedChecksumIsWhole() {
        for source in DatasetCatalogue.all {
            let sums =
                source.files.flatMap { [$0.sha256, $0.contentSHA256] } + [source.archive?.sha256].compactMap(\.self)
            for sum in sums {
                #expect(sum.count == 64 && sum.allSatisfy { $0.isHexDigit && !$0.isUppercase }, "\(source.name)")
            }
            let addresses = source.files.flatMap(\.mirrors) + (source.archive?.mirrors ?? [])
            #expect(source.isEmbedded || addresses.count >= 2)
            #expect(addresses.allSatisfy { URL(string: $0)?.scheme?.hasPrefix("http") == true })
        }
    }

    @Test func absenceNamesFilesAddressesAndChecksums() throws {
        let search = TinyData.search(folder)
        let error = try #require(throws: DataError.self) {
            _ = try DatasetCatalogue.source("mnist").load(from: search)
        }
        #expect(error.kind == .noCopy)
        #expect(error.suggestion.contains("normlab data fetch mnist"))
        #expect(error.suggestion.contains("https://ossci-datasets.s3.amazonaws.com/mnist/train-images-idx3-ubyte.gz"))
        #expect(error.suggestion.contains("440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"))
        #expect(error.suggestion.contains(folder.url.appending(path: "mnist/").path(percentEncoded: false)))
        let fashion = try #require(throws: DataError.self) {
            _ = try DatasetCatalogue.source("fashion-mnist").load(from: search)
        }
        #expect(fashion.suggestion.contains("apt-get install dataset-fashion-mnist"))
        let cifar = try #require(throws: DataError.self) {
            _ = try DatasetCatalogue.source("cifar-10").load(from: search)
        }
        #expect(cifar.suggestion.contains("c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"))
    }

    @Test func anIncompleteCopyNamesWhatItLacks() throws {
        try folder.write([0], to: "mnist/train-images-idx3-ubyte.gz")
        let error = try #require(throws: DataError.self) {
            _ = try DatasetCatalogue.source("mnist").locate(in: TinyData.search(folder))
        }
        #expect(error.kind == .noCopy)
        #expect(error.found.contains("lacks train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels"))
    }

    @Test func theFirstCompleteFolderIsTaken() throws {
        let second = try TemporaryFolder()
        try TinyData.write(to: second)
        try folder.write([0], to: "tiny/train-images-idx3-ubyte.gz")
        let search = DataSearch(
            places: [.init(folder: folder.url, label: "a"), .init(folder: second.url, label: "b")],
            downloads: folder.url)
        guard case .folder(let found, let files) = try TinyData.source().locate(in: search) else {
            Issue.record("no folder")
            return
        }
        #expect(found.path == second.url.appending(path: "tiny").path)
        #expect(files.map(\.lastPathComponent) == TinyData.contents.map(\.name))
    }

    @Test func theChoiceSaysWhatItPassedOver() throws {
        let choice = try DatasetCatalogue.firstAvailable(
            ["mnist", "cifar-10", "glyphs"], search: TinyData.search(folder))
        #expect(choice.source.name == "glyphs")
        #expect(choice.passedOver.map(\.name) == ["mnist", "cifar-10"])
        #expect(choice.passedOver.allSatisfy { $0.error.kind == .noCopy })
        let error = #expect(throws: DataError.self) {
            _ = try DatasetCatalogue.firstAvailable(["mnist", "cifar-10"], search: TinyData.search(folder))
        }
        #expect(error?.kind == .noneAvailable)
    }

    /// A copy that is there and bad must not lead to training on something else.
    @Test func aBadCopyIsChosenAndThenRefused() throws {
        for file in DatasetSource.mnist.files { try folder.write([1, 2, 3, 4], to: "mnist/\(file.name)") }
        let search = TinyData.search(folder)
        let choice = try DatasetCatalogue.firstAvailable(["mnist", "glyphs"], search: search)
        #expect(choice.source.name == "mnist")
        let error = #expect(throws: DataError.self) { _ = try choice.source.load(from: search) }
        #expect(error?.kind == .wrongMagic)
    }

    @Test func aMisspeltFolderIsAnErrorAndNotAnEmptyOne() throws {
        let search = DataSearch.standard(
            project: folder.url, environment: ["NORMLAB_DATA": folder.url.appending(path: "nowhere").path])
        let error = try #require(throws: DataError.self) {
            _ = try DatasetCatalogue.firstAvailable(["mnist", "glyphs"], search: search)
        }
        #expect(error.kind == .missingFolder)
        #expect(error.expected.contains("NORMLAB_DATA"))
        // Drawn digits need no folder.
        #expect(try DatasetCatalogue.source("glyphs").locate(in: search) == .embedded)
    }
}
