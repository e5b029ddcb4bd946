import Foundation

/// What is printed, and where: results on standard output, everything about the work on standard error.
enum Terminal {
    /// Whether someone watches standard error.
    static let isWatched = isatty(STDERR_FILENO) == 1

    /// The columns of the terminal, 100 where there is none.
    static var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 40 else { return 100 }
        return Int(size.ws_col)
    }

    /// A line of results. Where it cannot be written (a full disk, a terminal that is gone) the program ends: what it was
    /// called for is lost, and nothing else, since runs are complete or can be continued.
    static func say(_ line: String = "") {
        do {
            try FileHandle.standardOutput.write(contentsOf: Foundation.Data((line + "\n").utf8))
        } catch {
            complain("error: standard output can't be written: \(error.localizedDescription)")
            exit(Ending.failed.rawValue)
        }
    }

    /// A line that the next one replaces; nothing where nobody watches.
    static func live(_ line: String) {
        if isWatched { tell("\r" + line + "\u{1B}[K\r") }
    }

    /// A line about the work.
    static func complain(_ line: String) { tell(line + "\n") }

    /// Work goes on where nobody can be told about it.
    private static func tell(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Foundation.Data(text.utf8))
    }

    /// Opens what of the three standard descriptors the program was started without: otherwise the first files it opens
    /// would take their numbers, and everything printed would go into results.
    static func openStandardDescriptors() {
        var descriptor: Int32
        repeat { descriptor = open("/dev/null", O_RDWR) } while (0...STDERR_FILENO).contains(descriptor)
        if descriptor >= 0 { close(descriptor) }
    }
}
