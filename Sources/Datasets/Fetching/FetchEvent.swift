/// What happens during a fetch, for a live line or a log.
public enum FetchEvent: Sendable, Equatable {
    /// A file is there already, and its contents are right.
    case present(file: String)
    /// Bytes of a file are coming in.
    case downloading(file: String, address: String, received: Int, total: Int)
    /// A mirror did not give the right file; the next one is tried.
    case mirrorFailed(file: String, address: String, reason: String)
    /// A file came in, and its contents are right.
    case verified(file: String)
    /// A file was taken out of its archive, and its contents are right.
    case unpacked(file: String, archive: String)
}
