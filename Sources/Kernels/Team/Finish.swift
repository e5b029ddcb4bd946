import Dispatch
import Synchronization

/// The end of one loop: signalled once by whoever finishes its last item, awaited once by whoever started it.
final class Finish: Sendable {
    private enum State {
        static let running = 0
        static let awaited = 1
        static let done = 2
    }

    private let state = Atomic<Int>(State.done)
    private let semaphore = DispatchSemaphore(value: 0)

    /// Starts over.
    func reset() {
        state.store(State.running, ordering: .relaxed)
    }

    /// Says that the loop is done.
    func signal() {
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
