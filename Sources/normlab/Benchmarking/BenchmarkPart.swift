import ArgumentParser
import Benchmarks

/// The sections of the benchmark as they are named on the command line, in the order in which they run.
enum BenchmarkPart: String, CaseIterable, ExpressibleByArgument {
    case peaks, kernels, layers, networks, runs, scaling
    case sideBySide = "side-by-side"
    case startup, observation
}
