import Dispatch
import Synchronization

/// Messages from many threads to one, in the order in which they come.
final class Mailbox<Message: Sendable>: Sendable {
    private let messages = Mutex<[Message]>([])
    private let count = DispatchSemaphore(value: 0)

    /// Sends a message.
    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        count.signal()
    }

    /// The next message; nil where none comes within so many seconds.
    func next(within seconds: Double) -> Message? {
        guard count.wait(timeout: .now() + seconds) == .success else { return nil }
        return messages.withLock { $0.removeFirst() }
    }
}
