import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Running
@testable import Results

struct FolderLockTests {
    @Test func oneHolderAtATime() throws {
        let folder = try TemporaryFolder()
        var lock: FolderLock? = try FolderLock(folder.url)
        let error = #expect(throws: FolderLocked.self) { try FolderLock(folder.url) }
        #expect(error?.process == getpid())
        #expect(error?.description.contains("process \(getpid())") == true)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(folder.names == [])
        _ = try FolderLock(folder.url)
    }

    @Test func theFileOfADeadProcessIsTakenOver() throws {
        let folder = try TemporaryFolder()
        try AtomicFile.write("999999999\n", to: folder.file("run.lock"))
        let lock = try FolderLock(folder.url)
        #expect(try folder.text("run.lock") == "\(getpid())\n")
        withExtendedLifetime(lock) {}
    }
}
