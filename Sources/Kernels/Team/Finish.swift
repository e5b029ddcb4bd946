import CProcessor
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

    /// Returns when the loop is done: watches for `patience` nanoseconds, then sleeps.
    func wait(patience: UInt64) {
        let start = DispatchTime.now().uptimeNanoseconds
        repeat {
            for _ in 0..<32 {
                if state.load(ordering: .acquiring) == State.done { return }
                processor_pause()
            }
        } while DispatchTime.now().uptimeNanoseconds - start < patience
        if state.exchange(State.awaited, ordering: .acquiringAndReleasing) == State.done {
            // Done in the meantime: nobody will signal.
            state.store(State.done, ordering: .relaxed)
        } else {
            semaphore.wait()
        }
    }
}
