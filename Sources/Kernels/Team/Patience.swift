import CProcessor
import Dispatch

/// How a thread waits for another: it watches for some tens of microseconds, longer than the pauses between the loops of a
/// training step, and then gives up, to sleep. (Leaving the core to others between two looks was tried: it helps beside one
/// foreign thread and costs a sixth beside another team.)
enum Patience {
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
