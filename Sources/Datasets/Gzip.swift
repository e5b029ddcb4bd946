import CZlib

/// Inflates a gzip stream (RFC 1952) piece by piece, never more than it is asked for.
///
/// This is the module's only use of pointers: zlib keeps the address of its stream, which therefore stands still on the heap.
final class Gzip {
    struct Failure: Error {
        /// In zlib's own words.
        let reason: String
    }

    private let stream: UnsafeMutablePointer<z_stream>
    /// Whether the last member has ended, its length and CRC-32 having been checked by zlib.
    private(set) var hasEnded = false

    /// Whether bytes begin like a gzip stream with its one compression method.
    static func isMagic(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.starts(with: [0x1f, 0x8b])
    }

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // 16 asks zlib for the gzip wrapper and 15 for the largest window.
        let status = inflateInit2_(stream, 16 + 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib could not begin: \(status)")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Inflates from `input[consumed...]` into `output[produced...]` until one of them is used up or the member ends, and
    /// moves both positions.
    func inflate(
        _ input: [UInt8], consumed: inout Int, into output: inout [UInt8], produced: inout Int
    ) throws(Failure) {
        let (start, filled) = (consumed, produced)
        let status = input.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                // zlib does not write to its input; its interface merely lacks the word.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress?.advanced(by: start))
                stream.pointee.avail_in = UInt32(source.count - start)
                stream.pointee.next_out = target.baseAddress?.advanced(by: filled)
                stream.pointee.avail_out = UInt32(target.count - filled)
                return CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        consumed = input.count - Int(stream.pointee.avail_in)
        produced = output.count - Int(stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: hasEnded = true
        default:
            let message = stream.pointee.msg.map { String(cString: $0) }
            throw Failure(reason: message ?? "zlib's error \(status)")
        }
    }

    /// Begins another member: a gzip file may be several, one after the other (RFC 1952 §2.2).
    func beginNextMember() {
        inflateReset(stream)
        hasEnded = false
    }
}
