import Benchmarks

/// The numbers of one network in a comparison, collected by metric and program.
struct ComparisonRecord {
    private let subject: BenchmarkNetwork
    private let threads: Int
    private var values: [(metric: BenchmarkMetric, program: String, values: [Double])] = []

    /// Cores that others used while each mode was measured.
    var otherLoad: [Double] = []

    /// A record without numbers.
    init(subject: BenchmarkNetwork, threads: Int) {
        self.subject = subject
        self.threads = threads
    }

    /// Adds a number of a program.
    mutating func add(_ metric: BenchmarkMetric, _ value: Double, of program: String) {
        let place = values.firstIndex { $0.metric == metric && $0.program == program } ?? values.count
        if place == values.count { values.append((metric, program, [])) }
        values[place].values.append(value)
    }

    /// Remembers the most memory that a program has said it had.
    mutating func setMemory(_ bytes: Int?, of program: String) {
        guard let bytes else { return }
        values.removeAll { $0.metric == .peakMemory && $0.program == program }
        values.append((.peakMemory, program, [Double(bytes) / 1e6]))
    }

    /// All of it.
    var results: [BenchmarkResult] {
        let load =
            otherLoad.isEmpty
            ? [] : [BenchmarkSession.otherLoad(ComparisonTable.section, otherLoad, threads: threads)]
        return load
            + values.map { entry in
                BenchmarkResult(
                    section: ComparisonTable.section, name: subject.name, variant: subject.variant,
                    subject: entry.program, batch: subject.batch, threads: threads, entry.metric, Sample(entry.values))
            }
    }
}
