/// A part of the benchmark: measures some things and reports each number as it is known.
public protocol BenchmarkSection {
    /// The word by which it is asked for, and the stem of its CSV file.
    static var name: String { get }
    /// Measures, and calls `report` with every number.
    func run(_ report: (BenchmarkResult) -> Void)
}
