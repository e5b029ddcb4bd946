import Foundation
import Synchronization

/// The wish that running work saves itself and stops. Anyone may express it; the work looks at it between steps.
public final class Interruption: Sendable {
    private let requested = Atomic<Bool>(false)
    private let listens: Bool

    /// A wish not yet expressed.
    public init() { listens = false }

    private init(listens: Bool) { self.listens = listens }

    /// Whether it has been expressed.
    public var isRequested: Bool {
        requested.load(ordering: .acquiring) || (listens && signalsReceived.load(ordering: .acquiring) > 0)
    }

    /// Expresses it; further calls change nothing.
    public func request() { requested.store(true, ordering: .releasing) }

    /// A wish that SIGINT (Control-C) and SIGTERM express, from now to the end of the process.
    ///
    /// The first signal asks: the run saves its state and the program ends so that it can be resumed. The second ends
    /// the process at once with the status 130, and what was saved last stands. A signal that the process was started
    /// with ignored (`nohup`, a shell's background job) stays ignored.
    public static func onSignals() -> Interruption {
        // A global is made at its first use, which must not be inside the handler.
        _ = signalsReceived.load(ordering: .relaxed)
        for number in [SIGINT, SIGTERM] where !ProcessStatus.ignores(signal: number) {
            signal(number) { _ in
                // Only what may be done inside a signal handler: an atomic and `_exit`.
                if signalsReceived.add(1, ordering: .acquiringAndReleasing).oldValue > 0 { _exit(130) }
            }
        }
        return Interruption(listens: true)
    }
}

/// How many of the watched signals have come.
private let signalsReceived = Atomic<Int>(0)
