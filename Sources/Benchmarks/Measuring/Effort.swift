/// How long and how often things are measured.
public struct Effort: Equatable, Sendable {
    /// Seconds of unmeasured work before the first repeat: caches fill, clocks rise, threads wake.
    public var warmUp: Double
    /// Seconds that one repeat lasts at least; work that is shorter is done many times in a repeat.
    public var repeatLength: Double
    /// The number of repeats, at least one.
    public var repeats: Int

    /// An effort of the given lengths.
    public init(warmUp: Double, repeatLength: Double, repeats: Int) {
        precondition(repeats > 0, "at least one repeat")
        self.warmUp = warmUp
        self.repeatLength = repeatLength
        self.repeats = repeats
    }

    /// For single kernels, of which there are many.
    public static let kernel = Effort(warmUp: 0.01, repeatLength: 0.01, repeats: 7)
    /// For the peaks of the machine, of which the best repeat counts.
    public static let peak = Effort(warmUp: 0.01, repeatLength: 0.01, repeats: 15)
    /// For whole training steps.
    public static let network = Effort(warmUp: 0.3, repeatLength: 0.3, repeats: 5)
    /// For one point of a curve.
    public static let point = Effort(warmUp: 0.1, repeatLength: 0.1, repeats: 5)
    /// For what takes seconds each time.
    public static let run = Effort(warmUp: 0, repeatLength: 0.3, repeats: 3)
    /// Twice and no longer: shows that everything runs, and measures nothing.
    public static let least = Effort(warmUp: 0, repeatLength: 0, repeats: 2)
}
