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

    /// A line of results.
    static func say(_ line: String = "") {
        FileHandle.standardOutput.write(Foundation.Data((line + "\n").utf8))
    }

    /// A line that the next one replaces; nothing where nobody watches.
    static func live(_ line: String) {
        guard isWatched else { return }
        FileHandle.standardError.write(Foundation.Data(("\r" + line + "\u{1B}[K\r").utf8))
    }

    /// A line about the work.
    static func complain(_ line: String) {
        FileHandle.standardError.write(Foundation.Data((line + "\n").utf8))
    }
}
