import Foundation

/// Where a run is, as it is told to whoever watches.
public struct RunProgress: Codable, Equatable, Sendable {
    /// Updates made.
    public var step: Int
    /// Updates planned.
    public var steps: Int
    /// Samples in a batch.
    public var batch: Int
    /// The mean training loss of the last batch.
    public var loss: Double
    /// The share of the last batch that was classified rightly.
    public var batchAccuracy: Double
    /// The last test accuracy, once there is one.
    public var testAccuracy: Double?

    /// Progress from its parts.
    public init(
        step: Int, steps: Int, batch: Int, loss: Double, batchAccuracy: Double, testAccuracy: Double? = nil
    ) {
        self.step = step
        self.steps = steps
        self.batch = batch
        self.loss = loss
        self.batchAccuracy = batchAccuracy
        self.testAccuracy = testAccuracy
    }
}

/// Tells someone how runs go. Told from one thread at a time.
public protocol ProgressReporter: AnyObject {
    /// A run begins.
    ///
    /// - Parameters:
    ///   - name: `lenet/batch-norm seed 2`.
    ///   - step: the step at which it begins; not 0 when it continues.
    ///   - reason: why it is run, in words.
    func began(_ name: String, step: Int, of steps: Int, reason: String)
    /// A step was made. Called at every step: the reporter decides how much of it is told.
    func advanced(_ progress: RunProgress)
    /// Something that is worth a line of its own.
    func noted(_ line: String)
    /// The run has ended.
    ///
    /// - Parameter summary: how, in one line.
    func ended(_ summary: String)
}

/// How fast a run goes, smoothed over the last seconds, and when it will be done.
struct Pace {
    private var rate: Double?
    private var lastTime: Double
    private var lastStep: Int

    init(step: Int, time: Double) {
        lastStep = step
        lastTime = time
    }

    /// Steps per second; the newest quarter of a second and older ones, weighted down by half every three seconds.
    mutating func update(step: Int, time: Double) -> Double? {
        let elapsed = time - lastTime
        guard elapsed >= 0.25, step > lastStep else { return rate }
        let now = Double(step - lastStep) / elapsed
        let weight = rate == nil ? 1 : 1 - exp2(-elapsed / 3)
        rate = (rate ?? 0) * (1 - weight) + now * weight
        lastTime = time
        lastStep = step
        return rate
    }
}
