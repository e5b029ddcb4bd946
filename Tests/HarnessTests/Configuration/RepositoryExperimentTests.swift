import Foundation
import Testing

@testable import Harness

@Suite struct RepositoryExperimentTests {
    @Test(arguments: Repository.library.names)
    func loads(_ name: String) throws {
        let experiment = try Repository.library.load(name)
        #expect(!experiment.arms.isEmpty)
    }
}

/// The experiments of this repository.
enum Repository {
    static let library = ExperimentLibrary(
        root: URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL)
}
