import ArgumentParser
import Declarations
import Foundation
import Harness
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

    /// What went wrong.
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

/// Small matters of text.
enum Text {
    /// The text with spaces behind it up to a width in characters.
    static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// `1 run`, `2 runs`.
    static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// `12 s`, `3 min 05 s`, `2 h 10 min`.
    static func duration(_ seconds: Double) -> String {
        let whole = Int(seconds.rounded())
        if whole < 60 { return seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
        return "\(whole / 3600) h \(twoDigits(whole % 3600 / 60)) min"
    }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
