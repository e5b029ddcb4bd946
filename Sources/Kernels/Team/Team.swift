import CProcessor
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
    private let pool: ThreadPool?

    /// A team of `threads` threads: the caller's and `threads - 1` workers. Less than one counts as one.
    public init(threads: Int) {
        self.threads = max(threads, 1)
        pool = threads > 1 ? ThreadPool(workers: threads - 1) : nil
    }

    deinit {
        pool?.dismiss()
    }

    /// Runs `body(0)`, …, `body(count - 1)`, each once, in any order and on any thread, and returns when all are done.
    ///
    /// What the items wrote is visible to the caller afterwards. Costs as long as a few lines take from core to core, half a
    /// microsecond to two, when the workers are awake; in place it costs nothing. Nothing is allocated.
    public func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard count > 1, let pool, pool.claim() else {
            for item in 0..<max(count, 0) {
                body(item)
            }
            return
        }
        defer { pool.release() }
        pool.run(count, body)
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

/// The workers of a team, and the loop that they are on.
///
/// A loop's items are cut into one `Share` a thread, in order. A thread runs its own from the first on and then takes the
/// last ones of others, so that a thread meets the same part of the data loop after loop, which its nearest caches
/// still hold, and still no one waits for a thread that is late. A worker watches nothing but its own share.
///
/// Only a thread that holds an unfinished item reads the loop's body, and the loop cannot end before that item is
/// finished: so the body needs no lock, and may lie on the stack of the thread that started the loop.
final class ThreadPool: @unchecked Sendable {
    private let threads: Int
    /// The caller's share, and one for each worker.
    private let shares: UnsafeMutablePointer<Share>
    /// The loop's body; written between loops only.
    private let loop = UnsafeMutablePointer<loop_body>.allocate(capacity: 1)
    private let isClaimed = Atomic(false)
    private let sleepers = Atomic<Int>(0)
    private let wake = DispatchSemaphore(value: 0)
    private let finish = Finish()

    init(workers: Int) {
        threads = workers + 1
        shares = .allocate(capacity: threads)
        for thread in 0..<threads { (shares + thread).initialize(to: Share()) }
        loop.initialize(to: loop_body())
        for worker in 1..<threads {
            // A serial queue of its own gives each worker a thread of its own.
            DispatchQueue(label: "normlab.kernels.worker-\(worker)", qos: .userInitiated).async { [self] in
                work(worker)
            }
        }
    }

    deinit {
        loop.deallocate()
        shares.deinitialize(count: threads)
        shares.deallocate()
    }

    /// Takes the pool for one loop; false if another loop has it.
    func claim() -> Bool {
        !isClaimed.exchange(true, ordering: .acquiring)
    }

    func release() {
        isClaimed.store(false, ordering: .releasing)
    }

    func dismiss() {
        for thread in 0..<threads { shares[thread].dismiss() }
        wakeSleepers()
    }

    /// Runs a loop on the calling thread and the workers. The caller has claimed the pool.
    func run(_ count: Int, _ body: @Sendable (Int) -> Void) {
        precondition(count <= Int(UInt32.max), "a loop of \(count) items")
        withLoopBody(body, Unmanaged.passUnretained(self).toOpaque(), count) { pool, count, body in
            Unmanaged<ThreadPool>.fromOpaque(pool).takeUnretainedValue().run(count, body)
        }
    }

    private func run(_ count: Int, _ body: loop_body) {
        loop.pointee = body
        finish.expect(count)
        for thread in 0..<threads {
            shares[thread].give(first(thread, of: count)..<first(thread + 1, of: count))
        }
        wakeSleepers()
        runItems(0)
        finish.wait()
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

    /// Runs the items of a share that are left, and says how many those were.
    private func perform(_ thread: Int, _ share: Int) -> Int {
        func take() -> Int? { share == thread ? shares[share].takeFirst() : shares[share].takeLast() }
        var next = take()
        guard next != nil else { return 0 }
        let body = loop.pointee
        var count = 0
        while let item = next {
            loop_body_run(body, item)
            count += 1
            next = take()
        }
        return count
    }

    /// The loop of a worker thread.
    private func work(_ thread: Int) {
        while !shares[thread].isDismissed {
            runItems(thread)
            if SpinWait.awaits({ shares[thread].hasNews }) { continue }
            sleep(thread)
        }
    }

    /// Sleeps until a loop is started, unless one was since.
    private func sleep(_ thread: Int) {
        sleepers.add(1, ordering: .sequentiallyConsistent)
        if shares[thread].hasNews, leaveSleepers() { return }
        wake.wait()
    }

    /// Takes oneself off the list of sleepers; false if a signal is already on its way and must be awaited.
    private func leaveSleepers() -> Bool {
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

/// Calls `run` with a closure that does not escape as two words, which other threads may call until `run` returns.
///
/// `withoutActuallyEscaping` and C's blocks would put the closure into a box on the heap. This is a function of C with Swift's
/// calling convention, which hands a closure over as its code and its context; `@_silgen_name` gives it its Swift type.
@_silgen_name("loop_with_body")
private func withLoopBody(
    _ body: @Sendable (Int) -> Void, _ pool: UnsafeMutableRawPointer, _ count: Int,
    _ run: @convention(c) (UnsafeMutableRawPointer, Int, loop_body) -> Void)

/// The items of a loop that one thread of a pool is to run: a range, in one atomic word on cache lines of its own.
///
/// Its thread takes the first item, others the last, by a compare-and-swap: so every item is taken once. A thread that comes
/// too late finds an empty range, or one of another loop, from which it may take an item just as well.
struct Share: ~Copyable {
    /// The first item in the lower half, the end of the range in the upper.
    private let range = Atomic<UInt64>(0)
    /// Keeps the next share off the lines that processors fetch together with this one.
    private let gap = SIMD8<UInt64>()

    /// Neither an item nor a loop to come.
    private static let dismissed: UInt64 = .max >> 32

    /// Hands out a range of items.
    func give(_ items: Range<Int>) {
        range.store(UInt64(items.upperBound) << 32 | UInt64(items.lowerBound), ordering: .sequentiallyConsistent)
    }

    /// Says that there will be no more loops.
    func dismiss() {
        range.store(Share.dismissed, ordering: .sequentiallyConsistent)
    }

    /// Whether there will be no more loops.
    var isDismissed: Bool { range.load(ordering: .acquiring) == Share.dismissed }

    /// Whether there is an item to take, or the end has come.
    @inline(__always)
    var hasNews: Bool {
        let range = range.load(ordering: .sequentiallyConsistent)
        return range & 0xFFFF_FFFF < range >> 32 || range == Share.dismissed
    }

    /// Takes the first item, if there is one.
    @inline(__always)
    func takeFirst() -> Int? {
        take { ($0 & 0xFFFF_FFFF, $0 + 1) }
    }

    /// Takes the last item, if there is one.
    @inline(__always)
    func takeLast() -> Int? {
        take { (($0 >> 32) - 1, $0 - (1 << 32)) }
    }

    @inline(__always)
    private func take(_ split: (UInt64) -> (item: UInt64, rest: UInt64)) -> Int? {
        var current = range.load(ordering: .acquiring)
        while current & 0xFFFF_FFFF < current >> 32 {
            let (item, rest) = split(current)
            let (exchanged, original) = range.weakCompareExchange(
                expected: current, desired: rest, ordering: .acquiringAndReleasing)
            if exchanged { return Int(item) }
            current = original
        }
        return nil
    }
}

/// The end of one loop: every thread counts the items that it has run, and the thread that started the loop waits for all.
final class Finish: Sendable {
    private enum State {
        static let running = 0
        static let awaited = 1
        static let done = 2
    }

    private let unfinished = Atomic<Int>(0)
    private let state = Atomic<Int>(State.done)
    private let semaphore = DispatchSemaphore(value: 0)

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
        if SpinWait.awaits({ state.load(ordering: .acquiring) == State.done }) { return }
        if state.exchange(State.awaited, ordering: .acquiringAndReleasing) == State.done {
            // Done in the meantime: no signal will come.
            state.store(State.done, ordering: .relaxed)
        } else {
            semaphore.wait()
        }
    }
}

/// How a thread waits for another: it watches for some tens of microseconds, longer than the pauses between the loops of a
/// training step, and then gives up, to sleep. (Leaving the core to others between two looks was tried: it helps beside one
/// foreign thread and costs a sixth beside another team.)
enum SpinWait {
    /// How long a thread watches.
    private static let limit: UInt64 = 40_000  // nanoseconds

    /// Whether the condition came true in time.
    @inline(__always)
    static func awaits(_ condition: () -> Bool) -> Bool {
        let start = DispatchTime.now().uptimeNanoseconds
        repeat {
            for _ in 0..<32 {
                if condition() { return true }
                processor_pause()
            }
        } while DispatchTime.now().uptimeNanoseconds - start < limit
        return false
    }
}
