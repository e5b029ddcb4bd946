import Dispatch
import Synchronization

/// The end of one loop: every thread counts the items that it has run, and whoever started the loop waits for all.
final class Finish: Sendable {
    private enum State {
        static let running = 0
        static let awaited = 1
        static let done = 2
    }

    private let unfinished = Atomic<Int>(0)
    private let state = Atomic<Int>(State.done)
    private let semaphore = DispatchSemaphore(value: 0)

    /// Starts over.
    func expect(_ items: Int) {
        unfinished.store(items, ordering: .relaxed)
        state.store(State.running, ordering: .relaxed)
    }

    /// Says that some items are done.
    func count(_ items: Int) {
        guard unfinished.subtract(items, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        if state.exchange(State.done, ordering: .acquiringAndReleasing) == State.awaited {
            semaphore.signal()
        }
    }

    /// Returns when the loop is done: watches for a while, then sleeps.
    func wait() {
        if Patience.awaits({ state.load(ordering: .acquiring) == State.done }) { return }
        if state.exchange(State.awaited, ordering: .acquiringAndReleasing) == State.done {
            // Done in the meantime: nobody will signal.
            state.store(State.done, ordering: .relaxed)
        } else {
            semaphore.wait()
        }
    }
}
