import CProcessor

extension Span<UInt8> {
    /// Tells the processor that some bytes will soon be read: it does not foresee where the next image of a random order is.
    func fetch(_ range: Range<Int>) {
        extracting(range).withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return }
            for line in stride(from: 0, to: bytes.count, by: 64) { processor_prefetch(first + line) }
        }
    }
}
