import Dispatch
import Synchronization

/// The workers of a team and the loop that they are on.
///
/// One atomic word, the ticket, carries the loop: its upper half numbers the loops, its lower half counts the items not
/// yet handed out. Whoever takes an item lowers it by one with a compare-and-swap. A thread that looks too late finds
/// either nothing left or another loop, of which it may take an item just as well. Only a thread that holds an unfinished
/// item reads the loop's body, and the loop cannot end before that item is finished: so the body needs no lock.
final class Crew: @unchecked Sendable {
    /// The loop's body and length; written between loops only.
    private struct Loop {
        var count = 0
        var body: @Sendable (Int) -> Void = { _ in }
    }

    private let loop = UnsafeMutablePointer<Loop>.allocate(capacity: 1)
    private let isClaimed = Atomic(false)
    private let isDismissed = Atomic(false)
    private let ticket = Atomic<UInt64>(0)
    private let unfinished = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let wake = DispatchSemaphore(value: 0)
    private let finish = Finish()

    init(workers: Int) {
        loop.initialize(to: Loop())
        for index in 0..<workers {
            // A serial queue of its own gives each worker a thread of its own.
            DispatchQueue(label: "normlab.kernels.worker-\(index + 1)", qos: .userInitiated).async { [self] in
                work()
            }
        }
    }

    deinit {
        loop.deinitialize(count: 1)
        loop.deallocate()
    }

    /// Takes the crew for one loop; false if somebody has it.
    func claim() -> Bool {
        !isClaimed.exchange(true, ordering: .acquiring)
    }

    /// Gives the crew back.
    func release() {
        isClaimed.store(false, ordering: .releasing)
    }

    /// Ends the workers.
    func dismiss() {
        isDismissed.store(true, ordering: .sequentiallyConsistent)
        wakeSleepers()
    }

    /// Runs a loop on the calling thread and the workers. The caller has claimed the crew.
    func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        precondition(count <= Int(UInt32.max), "a loop of \(count) items")
        loop.pointee = Loop(count: count, body: body)
        unfinished.store(count, ordering: .relaxed)
        finish.reset()
        let number = (ticket.load(ordering: .relaxed) >> 32) &+ 1
        ticket.store(number << 32 | UInt64(count), ordering: .sequentiallyConsistent)
        wakeSleepers()
        while runItem() {}
        finish.wait()
        loop.pointee.body = { _ in }
    }

    /// Takes one item and runs it; false if there is none.
    private func runItem() -> Bool {
        var current = ticket.load(ordering: .acquiring)
        while true {
            let left = current & 0xFFFF_FFFF
            if left == 0 { return false }
            let (exchanged, original) = ticket.weakCompareExchange(
                expected: current, desired: current - 1, ordering: .acquiringAndReleasing)
            if exchanged {
                perform(itemFromEnd: Int(left))
                if unfinished.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 {
                    finish.signal()
                }
                return true
            }
            current = original
        }
    }

    /// Calls the body. Not inlined: its own reference to the body must be gone before the item counts as finished.
    @inline(never)
    private func perform(itemFromEnd left: Int) {
        loop.pointee.body(loop.pointee.count - left)
    }

    /// A worker's life.
    private func work() {
        while !isDismissed.load(ordering: .acquiring) {
            if runItem() { continue }
            if Patience.awaits(hasNews) { continue }
            sleep()
        }
    }

    /// Sleeps until a loop is started, unless one was since.
    private func sleep() {
        sleepers.add(1, ordering: .sequentiallyConsistent)
        if hasNews(), standUp() { return }
        wake.wait()
    }

    /// Takes oneself off the list of sleepers; false if a signal is already on its way and must be awaited.
    private func standUp() -> Bool {
        var count = sleepers.load(ordering: .sequentiallyConsistent)
        while count > 0 {
            let (exchanged, original) = sleepers.weakCompareExchange(
                expected: count, desired: count - 1, ordering: .sequentiallyConsistent)
            if exchanged { return true }
            count = original
        }
        return false
    }

    private func wakeSleepers() {
        guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
        for _ in 0..<sleepers.exchange(0, ordering: .sequentiallyConsistent) {
            wake.signal()
        }
    }

    /// Whether there is an item to take, or the end has come.
    @inline(__always)
    private func hasNews() -> Bool {
        ticket.load(ordering: .sequentiallyConsistent) & 0xFFFF_FFFF != 0
            || isDismissed.load(ordering: .sequentiallyConsistent)
    }
}
