import Synchronization

/// Values that are computed once for each key and kept.
///
/// Who asks for a value that another thread computes waits for it; values of different keys do not wait for each other. A
/// computation that throws is tried again by the next who asks.
final class Memo<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Entry: Sendable {
        let value = Mutex<Value?>(nil)
    }

    private let entries = Mutex<[Key: Entry]>([:])

    func value<Failure>(for key: Key, _ compute: () throws(Failure) -> Value) throws(Failure) -> Value {
        let entry = entries.withLock { entries in
            if let known = entries[key] { return known }
            let new = Entry()
            entries[key] = new
            return new
        }
        return try entry.value.withLock { known throws(Failure) in
            if let known { return known }
            let value = try compute()
            known = value
            return value
        }
    }
}
