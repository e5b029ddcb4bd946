import Foundation

/// How much of the machine other processes used in a stretch of time: what makes numbers slow and scattered.
///
/// From `/proc`, so on Linux alone; grains are hundredths of a second.
struct OtherLoad {
    private let processes: [String]
    private let start: Reading?

    private struct Reading {
        /// Seconds that all cores have worked since the system started.
        let busy: Double
        /// Seconds of those that belong to the processes that measure.
        let own: Double
        let time: ContinuousClock.Instant
    }

    /// Begins a stretch in which this process and the given ones measure.
    init(besides processes: [Int32] = []) {
        self.processes = ["self"] + processes.map { "\($0)" }
        start = Self.reading(self.processes)
    }

    /// Cores that others used since then, on average; nil where the system does not tell, or in no time at all.
    var cores: Double? {
        guard let start, let now = Self.reading(processes) else { return nil }
        let seconds = Double((now.time - start.time) / .microseconds(1)) / 1e6
        return seconds < 0.1 ? nil : max(0, (now.busy - start.busy) - (now.own - start.own)) / seconds
    }

    private static func reading(_ processes: [String]) -> Reading? {
        guard let total = fields(of: "/proc/stat", after: "cpu "), total.count >= 8 else { return nil }
        let own = processes.compactMap { process -> Double? in
            // Behind the name in brackets: the state is the first field, times of itself and of ended children follow.
            guard let fields = fields(of: "/proc/\(process)/stat", after: ") "), fields.count >= 15 else { return nil }
            return fields[11..<15].reduce(0, +)
        }
        guard own.count == processes.count else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        // User, nice, system, interrupts and what the host took; not idling and waiting.
        let busy = total[0] + total[1] + total[2] + total[5] + total[6] + total[7]
        return Reading(busy: busy / ticks, own: own.reduce(0, +) / ticks, time: .now)
    }

    /// The numbers of the first line behind a mark; words count as 0.
    private static func fields(of file: String, after mark: String) -> [Double]? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8),
            let line = text.split(separator: "\n").first, let place = line.range(of: mark, options: .backwards)
        else { return nil }
        return line[place.upperBound...].split(separator: " ").map { Double($0) ?? 0 }
    }
}
