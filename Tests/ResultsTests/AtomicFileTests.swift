import Foundation
import TestSupport
import Testing

@testable import Results

struct AtomicFileTests {
    @Test func replacesTheContentsAndLeavesNothingBeside() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("old and longer", to: folder.file("a.txt"))
        try AtomicFile.write("new", to: folder.file("a.txt"))
        #expect(try folder.text("a.txt") == "new")
        #expect(folder.names == ["a.txt"])
    }

    @Test func writesMoreThanOneSystemCallTakes() throws {
        let folder = try TemporaryFolder()
        let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try AtomicFile.write(bytes, to: folder.file("large"))
        #expect(try AtomicFile.read(folder.file("large")) == bytes)
    }

    @Test func aMissingFolderIsAnErrorThatNamesThePath() throws {
        let folder = try TemporaryFolder()
        let url = folder.file("no/such/file.txt")
        let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: url) }
        #expect(error?.path.hasSuffix("no/such/file.txt.partial") == true)
        #expect(error?.description.contains("No such file") == true)
    }

    @Test func removingWhatIsNotThereIsFine() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.remove(folder.file("nothing"))
    }
}
