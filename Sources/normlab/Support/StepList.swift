import ArgumentParser

/// Numbers of steps as they are written on the command line: `0,100`.
struct StepList: ExpressibleByArgument {
    let values: Set<Int>

    init?(argument: String) {
        let steps = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard steps.allSatisfy({ ($0 ?? -1) >= 0 }) else { return nil }
        values = Set(steps.compactMap(\.self))
    }
}
