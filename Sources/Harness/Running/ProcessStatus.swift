import Foundation

/// What the kernel says about this process (Linux: `/proc/self/status`; elsewhere little is known).
public enum ProcessStatus {
    /// A field of `/proc/self/status` without its name.
    static func field(_ name: String) -> String? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("\(name):") {
            return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    /// The most memory that was resident at once, in bytes, since the process began or `forgetPeakMemory()`.
    public static var peakMemory: Int? {
        if let field = field("VmHWM"), let kilobytes = Int(field.split(separator: " ")[0]) { return kilobytes * 1024 }
        #if canImport(Darwin)
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : nil
        #else
            return nil
        #endif
    }

    /// Whether the process was started with a signal ignored; known on Linux only.
    static func ignores(signal number: Int32) -> Bool {
        guard let mask = field("SigIgn").flatMap({ UInt64($0, radix: 16) }) else { return false }
        return mask >> UInt64(number - 1) & 1 == 1
    }

    /// Begins to measure the peak anew, where the kernel lets a process do that: each run then reports its own.
    public static func forgetPeakMemory() {
        try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    }
}
