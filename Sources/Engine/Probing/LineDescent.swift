/// Gradient descent on the loss of a line, from a start until its excess is a small part of what it was.
public struct LineDescent: Sendable, Equatable {
    /// The line before the first step and after every one.
    public let lines: [LineLoss.Line]
    /// What the loss of each is above the least one.
    public let excesses: [Double]
    /// Whether the excess came down to the tolerance.
    public let isConverged: Bool

    /// Descends by w ← w − η∇L(w).
    ///
    /// - Parameters:
    ///   - loss: the loss.
    ///   - start: the first line.
    ///   - rate: η.
    ///   - tolerance: the part of the first excess at which the descent has converged and ends.
    ///   - limit: the most steps that are made. A descent whose excess is no finite number any more ends before.
    public init(_ loss: LineLoss, from start: LineLoss.Line, rate: Double, tolerance: Double, limit: Int) {
        var (line, excess) = (start, loss.excess(at: start))
        var (lines, excesses) = ([line], [excess])
        let goal = tolerance * excess
        while excess > goal, excess.isFinite, lines.count <= limit {
            line -= rate * loss.gradient(at: line)
            excess = loss.excess(at: line)
            lines.append(line)
            excesses.append(excess)
        }
        self.lines = lines
        self.excesses = excesses
        isConverged = excess <= goal
    }

    /// The steps that were made.
    public var steps: Int { lines.count - 1 }

    /// The factor by which the last step changed the excess: towards the end what is left lies along the direction that shrinks
    /// most slowly. Nil where no step was made, or there was no excess before it.
    public var lastContraction: Double? {
        guard steps > 0, excesses[steps - 1] > 0 else { return nil }
        return excesses[steps] / excesses[steps - 1]
    }

    /// The steps after which something is below the tolerance that shrinks by a factor a step; at most the limit.
    public static func steps(contraction: Double, tolerance: Double, limit: Int) -> Int {
        var (steps, remaining) = (0, 1.0)
        while remaining > tolerance, steps < limit {
            remaining *= contraction
            steps += 1
        }
        return steps
    }

    /// The steps of a long path that show what it does: all up to 200, then a twentieth further each time, every 1, 3, 10, 30, …
    /// and the last.
    public static func shown(upTo last: Int) -> [Int] {
        var shown = Array(0...min(last, 200))
        var round = [1, 3]
        while round[1] < last { round = [10 * round[0], 10 * round[1]] + round }
        var next = 210
        while next < last {
            shown.append(next)
            next += next / 20
        }
        return Set(shown + round.filter { $0 <= last } + [last]).sorted()
    }
}
