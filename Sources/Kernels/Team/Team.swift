import Dispatch
import Synchronization

/// Threads that stay and share out the items of one loop after another.
///
/// A thread runs neighbouring items, in loops of equal length the same ones, and then takes those that others have not
/// begun. A loop's items, never the number of threads, partition the work, so results are the same bits on any team. Between
/// loops the workers watch for the next one for some tens of microseconds, then sleep: an idle team costs nothing. The
/// threads end with the team.
///
/// A loop on a team of one, with one item, inside another loop of the same team, or while another thread uses the team
/// runs in place, item after item.
public final class Team: Sendable {
    /// The number of threads that work on a loop, the calling one included.
    public let threads: Int
    private let crew: Crew?

    /// A team of `threads` threads: the caller's and `threads - 1` workers. Less than one counts as one.
    public init(threads: Int) {
        self.threads = max(threads, 1)
        crew = threads > 1 ? Crew(workers: threads - 1) : nil
    }

    deinit {
        crew?.dismiss()
    }

    /// Runs `body(0)`, …, `body(count - 1)`, each once, in any order and on any thread, and returns when all are done.
    ///
    /// What the items wrote is visible to the caller afterwards. Costs as long as a few lines take from core to core, half a
    /// microsecond to two, when the workers are awake, and one small, short-lived allocation (Swift boxes a closure that
    /// threads share); in place it costs nothing.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 1, let crew, crew.claim() else {
            for item in 0..<max(count, 0) {
                body(item)
            }
            return
        }
        defer { crew.release() }
        withoutActuallyEscaping(body) { body in
            crew.run(count, body)
        }
    }

    /// Runs `body` on neighbouring parts of 0..<count on the team, as `forEach` runs items: each `size` long, the last shorter.
    public func forEachPart(of count: Int, size: Int, _ body: @Sendable (Range<Int>) -> Void) {
        forEach((count + size - 1) / size) { item in
            body(item * size..<min((item + 1) * size, count))
        }
    }

    /// Runs a loop in place if its `operations` (of whole lanes, in all) are so few that handing out items would cost more.
    @inline(__always)
    func forEach(_ count: Int, operations: Int, _ body: @Sendable (Int) -> Void) {
        if operations < 4096 {
            for item in 0..<count {
                body(item)
            }
        } else {
            forEach(count, body)
        }
    }
}
