/// A part of the benchmark: measures some things and reports each number as it is known.
public protocol BenchmarkSection {
    /// The word by which it is asked for, and the stem of its CSV file.
    static var name: String { get }
    /// Measures, and calls `report` with every number.
    ///
    /// - Throws: what keeps a section from measuring at all.
    func run(_ report: (BenchmarkResult) -> Void) throws
}
