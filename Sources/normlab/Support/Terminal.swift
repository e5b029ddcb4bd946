import ArgumentParser
import Declarations
import Experiments
import Foundation
import Running

/// What is printed, and where: results on standard output, everything about the work on standard error.
enum Terminal {
    /// The columns for tables: those of the terminal, 100 where there is none or a very narrow one.
    static var width: Int { StandardError.columns(of: STDOUT_FILENO).flatMap { $0 > 40 ? $0 : nil } ?? 100 }

    /// A line of results. Where it cannot be written (a full disk, a terminal that is gone) the program ends: what it was
    /// called for is lost, and nothing else, since runs are complete or can be continued.
    static func print(_ line: String = "") {
        do {
            try FileHandle.standardOutput.write(contentsOf: Foundation.Data((line + "\n").utf8))
        } catch {
            Self.error("standard output can't be written: \(error.localizedDescription)")
            Normlab.exit(withError: ExitCode.failure)
        }
    }

    /// A line about the work.
    static func note(_ line: String) { StandardError.write(line + "\n") }

    /// A line about the work that the next one replaces; nothing where nobody watches.
    static func live(_ line: String) {
        guard StandardError.isTerminal else { return }
        StandardError.write("\r\(line.prefix((StandardError.columns() ?? 80) - 1))\u{1B}[K\r")
    }

    static func error(_ message: String) { note("error: \(message)") }

    /// What went wrong; mistakes in files have positions of their own.
    static func error(_ error: any Error) {
        if let mistakes = error as? ConfigurationErrors { note("\(mistakes)") } else { Self.error("\(error)") }
    }

    /// Opens what of the three standard descriptors the program was started without: otherwise the first files it opens
    /// would take their numbers, and everything printed would go into results.
    static func openStandardDescriptors() {
        var descriptor: Int32
        repeat { descriptor = open("/dev/null", O_RDWR) } while (0...STDERR_FILENO).contains(descriptor)
        if descriptor >= 0 { close(descriptor) }
    }
}
