import Dispatch
import Synchronization

/// The workers of a team and the loop that they are on.
///
/// A loop's items are cut into one `Share` a thread, in order. A thread runs its own from the first on and then takes the
/// last ones of others, so that a thread meets the same part of the data loop after loop, which its nearest caches
/// still hold, and still nobody waits for a thread that is late. A worker watches nothing but its own share.
///
/// Only a thread that holds an unfinished item reads the loop's body, and the loop cannot end before that item is
/// finished: so the body needs no lock.
final class Crew: @unchecked Sendable {
    private let threads: Int
    /// The caller's share, and one for each worker.
    private let shares: UnsafeMutablePointer<Share>
    /// The loop's body; written between loops only.
    private let loop = UnsafeMutablePointer<@Sendable (Int) -> Void>.allocate(capacity: 1)
    private let isClaimed = Atomic(false)
    private let sleepers = Atomic<Int>(0)
    private let wake = DispatchSemaphore(value: 0)
    private let finish = Finish()

    init(workers: Int) {
        threads = workers + 1
        shares = .allocate(capacity: threads)
        for thread in 0..<threads { (shares + thread).initialize(to: Share()) }
        loop.initialize(to: { _ in })
        for worker in 1..<threads {
            // A serial queue of its own gives each worker a thread of its own.
            DispatchQueue(label: "normlab.kernels.worker-\(worker)", qos: .userInitiated).async { [self] in
                work(worker)
            }
        }
    }

    deinit {
        loop.deinitialize(count: 1)
        loop.deallocate()
        shares.deinitialize(count: threads)
        shares.deallocate()
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
        for thread in 0..<threads { shares[thread].dismiss() }
        wakeSleepers()
    }

    /// Runs a loop on the calling thread and the workers. The caller has claimed the crew.
    func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        precondition(count <= Int(UInt32.max), "a loop of \(count) items")
        loop.pointee = body
        finish.expect(count)
        for thread in 0..<threads {
            shares[thread].give(first(thread, of: count)..<first(thread + 1, of: count))
        }
        wakeSleepers()
        runItems(0)
        finish.wait()
        loop.pointee = { _ in }
    }

    /// The first item of a thread's share.
    private func first(_ thread: Int, of count: Int) -> Int {
        (thread * count + threads - 1) / threads
    }

    /// Runs the items of a thread's share, then what others have left.
    private func runItems(_ thread: Int) {
        for distance in 0..<threads {
            let done = perform(thread, (thread + distance) % threads)
            if done > 0 { finish.count(done) }
        }
    }

    /// Runs the items of a share that are left, and says how many those were. Not inlined: its own reference to the body
    /// must be gone before they count as finished.
    @inline(never)
    private func perform(_ thread: Int, _ share: Int) -> Int {
        func take() -> Int? { share == thread ? shares[share].takeFirst() : shares[share].takeLast() }
        var next = take()
        guard next != nil else { return 0 }
        let body = loop.pointee
        var count = 0
        while let item = next {
            body(item)
            count += 1
            next = take()
        }
        return count
    }

    /// A worker's life.
    private func work(_ thread: Int) {
        while !shares[thread].isDismissed {
            runItems(thread)
            if Patience.awaits({ shares[thread].hasNews }) { continue }
            sleep(thread)
        }
    }

    /// Sleeps until a loop is started, unless one was since.
    private func sleep(_ thread: Int) {
        sleepers.add(1, ordering: .sequentiallyConsistent)
        if shares[thread].hasNews, standUp() { return }
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
}
