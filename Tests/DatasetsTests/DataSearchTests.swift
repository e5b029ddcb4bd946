import Foundation
import Testing

@testable import Datasets

@Suite struct DataSearchTests {
    let project = URL(filePath: "/project", directoryHint: .isDirectory)

    @Test func theEnvironmentComesFirstThenTheProjectThenDebian() {
        let search = DataSearch.standard(project: project, environment: ["NORMLAB_DATA": "/elsewhere"])
        #expect(search.places.map { $0.folder.path } == ["/elsewhere", "/project/Data", "/usr/share/datasets"])
        #expect(search.places.map(\.isRequired) == [true, false, false])
        #expect(search.downloads.path == "/project/Data")
        let plain = DataSearch.standard(project: project, environment: ["NORMLAB_DATA": ""])
        #expect(plain.places.map { $0.folder.path } == ["/project/Data", "/usr/share/datasets"])
    }

    @Test func relativePathsAreTheProjects() {
        let search = DataSearch.standard(project: project, environment: ["NORMLAB_DATA": "../data"])
        #expect(search.places[0].folder.standardized.path == "/data")
    }

    @Test func debiansFolderIsLookedAt() {
        let folders = DataSearch.standard(project: project, environment: [:]).candidates(for: .fashionMNIST)
        #expect(folders.contains { $0.path == "/usr/share/datasets/fashion-mnist" })
    }

    @Test(arguments: [
        ("mnist", "mnist"), ("mnist", "MNIST/raw"), ("fashion-mnist", "fashion-mnist"),
        ("fashion-mnist", "FashionMNIST/raw"), ("cifar-10", "cifar10/cifar-10-batches-bin"),
        ("cifar-10", "cifar-10/cifar-10-batches-bin"), ("cifar-10", "cifar-10-batches-bin"),
    ])
    func usualLayoutsAreKnown(name: String, folder: String) throws {
        #expect(try DatasetCatalogue.source(name).folders.contains(folder))
    }
}
