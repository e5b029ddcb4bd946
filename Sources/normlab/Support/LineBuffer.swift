/// Bytes that come in pieces and are taken out as whole lines.
struct LineBuffer {
    private var bytes: [UInt8] = []

    /// Adds what has come.
    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// The next whole line without its end; nil until there is one.
    mutating func next() -> [UInt8]? {
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { bytes.removeSubrange(...end) }
        return Array(bytes[..<end])
    }

    /// What stands behind the last whole line.
    var rest: [UInt8] { bytes }
}
