/// What the parts of a run cost on this machine, in seconds: enough to tell beforehand how long a run will take.
///
/// The expectation is that of a run that goes its whole length at this speed. One that diverges ends earlier, which nobody
/// knows beforehand.
public struct RunCost: Equatable, Sendable {
    /// Making the network and its memory. Fitting the input normalization is not in it: a process does that once for all runs.
    public var setup: Double
    /// One training step, its row in the table included.
    public var step: Double
    /// One evaluation: of all test images that count, under every kind of statistics.
    public var evaluation: Double
    /// One observation of the probe images, its rows in the tables included.
    public var observation: Double

    /// One measurement of each procedure, in the order of the configuration.
    public var procedures: [Double]

    /// Costs from their parts.
    public init(
        setup: Double, step: Double, evaluation: Double, observation: Double, procedures: [Double] = []
    ) {
        self.setup = setup
        self.step = step
        self.evaluation = evaluation
        self.observation = observation
        self.procedures = procedures
    }

    /// The seconds that a run takes.
    ///
    /// - Parameter first: the step at which it begins; that at which it was interrupted where it continues.
    public func seconds(of plan: RunPlan, from first: Int = 0) -> Double {
        let configuration = plan.configuration
        func times(every interval: Int?) -> Double {
            guard let interval else { return first == 0 ? 1 : 0 }
            let isLastExtra = !plan.steps.isMultiple(of: interval)
            return Double(
                plan.steps / interval - first / interval + (first == 0 ? 1 : 0) + (isLastExtra ? 1 : 0))
        }
        return setup + step * Double(plan.steps - first) + evaluation * times(every: configuration.evaluate.every)
            + observation * times(every: configuration.observe.every)
            + zip(procedures, configuration.procedures).reduce(0) { $0 + $1.0 * times(every: $1.1.interval) }
    }
}

extension RunPlan {
    /// Runs with equal keys cost the same for each step, evaluation and observation: settings that only decide how often
    /// something happens, or with which numbers the same operations are done, are no part of it.
    var costKey: String {
        let free = ["optimizer", "rate-policy", "initializer", "batch-order", "evaluate.every", "observe.every"]
        let settings = configuration.settings.filter { setting in
            !free.contains { setting.key == $0 || setting.key.hasPrefix("\($0).") }
        }
        return settings.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }
}
