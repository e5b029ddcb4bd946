import Kernels

/// How long the passes of one node take.
public struct LayerTiming: Sendable {
    public let name: String
    public let kind: String
    /// Multiply-adds of a forward pass of the batch.
    public let multiplyAdds: Int
    /// Seconds of each forward pass.
    public fileprivate(set) var forward: [Double] = []
    /// Seconds of each backward pass.
    public fileprivate(set) var backward: [Double] = []
}

/// Runs the passes of a training step node by node, to be timed. It updates nothing.
public final class LayerTimer {
    private let program: Program
    private let team: Team
    private let batch: Int
    private let phase = Phase.training(step: 0, seed: 1)
    private var labels: [Int32]

    /// A timer for a model and a batch size.
    ///
    /// - Parameter inputGradient: whether the first node computes the gradient by its input too, which training does not
    ///   need: for layers that are measured by themselves.
    public init(model: Model, batch: Int, team: Team, inputGradient: Bool = false) {
        self.batch = batch
        self.team = team
        program = Program(model, batch: batch, purpose: .training(inputGradient: inputGradient))
        labels = [Int32](repeating: 0, count: batch)
    }

    /// Runs `steps` steps without updates and returns what each pass of each node took.
    ///
    /// - Parameter fill: fills the inputs, [batch·positions × channels], and the labels.
    public func run(steps: Int, fill: (Matrix, inout [Int32]) -> Void) -> [LayerTiming] {
        var timings = program.model.network.nodes.map {
            LayerTiming(name: $0.name, kind: type(of: $0.layer).kind, multiplyAdds: batch * $0.multiplyAdds)
        }
        for _ in 0..<steps {
            fill(program.input(images: batch), &labels)
            for index in timings.indices {
                timings[index].forward.append(Self.seconds { forward(node: index) })
            }
            _ = program.loss(labels: labels, images: batch)
            for index in timings.indices.reversed() {
                timings[index].backward.append(Self.seconds { backward(node: index) })
            }
        }
        return timings
    }

    /// Runs one step and holds it at the passes of one node, which `forward` and `backward` are handed: each may be run any
    /// number of times. A backward pass may overwrite the gradient that it began with: only its time means something, and
    /// only for a node that reads the network's input, whose gradient nothing else reads.
    public func isolate(
        node index: Int, fill: (Matrix, inout [Int32]) -> Void, forward: (() -> Void) -> Void,
        backward: (() -> Void) -> Void
    ) {
        let count = program.model.network.nodes.count
        fill(program.input(images: batch), &labels)
        for before in 0..<index { self.forward(node: before) }
        forward { self.forward(node: index) }
        for behind in (index + 1)..<count { self.forward(node: behind) }
        _ = program.loss(labels: labels, images: batch)
        for behind in ((index + 1)..<count).reversed() { self.backward(node: behind) }
        backward { self.backward(node: index) }
    }

    private func forward(node index: Int) {
        program.forward(node: index, images: batch, phase: phase, team: team)
    }

    private func backward(node index: Int) {
        program.backward(node: index, images: batch, phase: phase, team: team)
    }

    private static func seconds(_ work: () -> Void) -> Double {
        let duration = ContinuousClock().measure(work).components
        return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
    }
}

/// Measures how long pieces of work take against each other: round by round in turns, each for a short while, so that
/// whatever else the machine does affects all of them alike.
///
/// Work that is shorter than a turn is done many times in it, so that the clock's own grain and cost do not show. The
/// round's first piece is another one every time.
public struct InterleavedTimes {
    /// How often each piece has its turn.
    public let rounds: Int
    /// Seconds that a turn lasts at least.
    public let turn: Double
    private let now: () -> Double

    /// Times on the system's monotonic clock.
    ///
    /// - Precondition: there is at least one round.
    public init(rounds: Int, turn: Double) {
        self.init(rounds: rounds, turn: turn, now: Self.monotonicSeconds)
    }

    init(rounds: Int, turn: Double, now: @escaping () -> Double) {
        precondition(rounds > 0, "at least one round")
        self.rounds = rounds
        self.turn = turn
        self.now = now
    }

    /// Seconds that one execution of each piece takes, a number a round.
    public func seconds(_ pieces: [() -> Void]) -> [RepeatedTime] {
        let counts = pieces.map(executions)
        var times = [[Double]](repeating: [], count: pieces.count)
        for round in 0..<rounds {
            for place in pieces.indices {
                let index = (round + place) % pieces.count
                let start = now()
                for _ in 0..<counts[index] { pieces[index]() }
                times[index].append((now() - start) / Double(counts[index]))
            }
        }
        return times.map(RepeatedTime.init)
    }

    /// How many executions last a turn. The first ones, in which caches fill, are not counted.
    private func executions(_ piece: () -> Void) -> Int {
        piece()
        var count = 1
        while true {
            let start = now()
            for _ in 0..<count { piece() }
            let elapsed = now() - start
            if elapsed >= turn / 4 { return max(1, Int((Double(count) * turn / elapsed).rounded(.up))) }
            count *= 2
        }
    }

    /// Seconds on the system's monotonic clock since an arbitrary origin.
    public static func monotonicSeconds() -> Double {
        let elapsed = origin.duration(to: .now).components
        return Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }

    private static let origin = ContinuousClock.now
}

/// The repeats of a timed piece of work.
public struct RepeatedTime: Sendable, Equatable {
    /// Seconds, in the order of the rounds; at least one.
    public let seconds: [Double]

    /// The given repeats.
    ///
    /// - Precondition: there is at least one.
    public init(_ seconds: [Double]) {
        precondition(!seconds.isEmpty, "a time needs a repeat")
        self.seconds = seconds
    }

    /// The repeat in the middle; the mean of the middle two where their number is even.
    public var median: Double { Self.quantile(seconds, 0.5) }

    /// How unsteady the repeats are: (p90 − p10) / median.
    public var spread: Double {
        (Self.quantile(seconds, 0.9) - Self.quantile(seconds, 0.1)) / median
    }

    /// The time divided by another one, tenth percentile by tenth percentile: whatever else a machine does only makes times
    /// longer, and among a tenth of the rounds, in turns, are some that it left alone.
    public func ratio(to other: RepeatedTime) -> Double {
        Self.quantile(seconds, 0.1) / Self.quantile(other.seconds, 0.1)
    }

    /// A quantile, interpolated linearly (type 7).
    private static func quantile(_ values: [Double], _ share: Double) -> Double {
        let sorted = values.sorted()
        let place = share * Double(sorted.count - 1)
        let low = Int(place)
        let high = min(low + 1, sorted.count - 1)
        return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
    }
}
