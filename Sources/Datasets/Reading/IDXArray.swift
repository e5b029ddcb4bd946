import Foundation

/// An array of bytes in the IDX format of MNIST and its relatives, compressed or plain.
///
/// The format (LeCun, Cortes, Burges): two zero bytes, the element type (8 = unsigned byte), the number of dimensions, each
/// dimension as a big-endian 32-bit number, then the elements with the last dimension running fastest.
public struct IDXArray: Sendable {
    /// The extents, slowest first: images × rows × columns, or labels alone.
    public let dimensions: [Int]
    /// The elements.
    public let bytes: [UInt8]
    /// SHA-256 of the decompressed file, header included.
    public let contentSHA256: String

    /// The most elements that a file may announce: 1 GiB, twenty times MNIST. A damaged header must not fill the memory.
    public static let largestCount = 1 << 30

    private static let unsignedByte: UInt8 = 8

    /// Reads a whole file.
    ///
    /// - Parameters:
    ///   - url: the file; whether it is compressed is seen from its first bytes.
    ///   - rank: the number of dimensions it must have: 3 for grey images, 1 for labels.
    /// - Throws: ``DataError`` of the kinds missing, unreadable, truncated, trailing bytes, corrupt gzip, wrong magic, wrong
    ///   count (an impossible dimension) or HTML instead of data.
    public init(contentsOf url: URL, rank: Int) throws(DataError) {
        let reader = try DataFileReader(url)
        let headerSize = 4 + 4 * rank
        let magic = try reader.read(exactly: 4, of: headerSize)
        let expected: [UInt8] = [0, 0, Self.unsignedByte, UInt8(rank)]
        guard magic == expected else {
            let isSwapped = rank == 1 && magic == [0, 0, 8, 3] || rank == 3 && magic == [0, 0, 8, 1]
            throw DataError(
                isSwapped ? .swappedFiles : .wrongMagic, subject: reader.path,
                found: "a file that begins with \(hexadecimal(magic))",
                expected: "\(hexadecimal(expected)), an IDX file of \(rank == 1 ? "labels" : "images")",
                suggestion: isSwapped
                    ? "Images and labels seem to have been swapped: check the names of the files."
                    : "Delete the file and fetch it again.")
        }
        let header = try reader.read(exactly: 4 * rank, of: headerSize)
        dimensions = (0..<rank).map { dimension in
            header[(4 * dimension)..<(4 * dimension + 4)].reduce(0) { $0 << 8 | Int($1) }
        }
        var count = 1
        for dimension in dimensions {
            let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
            guard dimension > 0, !overflow, product <= Self.largestCount else {
                throw DataError(
                    .wrongCount, subject: reader.path,
                    found: "dimensions \(dimensions.map(String.init).joined(separator: "×"))",
                    expected: "positive ones of at most \(Self.largestCount) elements",
                    suggestion: "Delete the file and fetch it again.")
            }
            count = product
        }
        bytes = try reader.read(exactly: count, of: headerSize + count)
        try reader.finish()
        contentSHA256 = reader.contentSHA256
    }
}

/// Bytes as people write them in hexadecimal: `00 00 08 03`.
private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
}
