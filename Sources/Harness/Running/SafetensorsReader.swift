import Declarations
import Foundation

/// A safetensors file that cannot be taken: what is wrong with it.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file ends before its header or its values do.
    case truncated(expected: Int, found: Int)
    /// The header is not the JSON that the format asks for.
    case header(String)
    /// A tensor has a type that is not read here.
    case type(tensor: String, found: String)
    /// A tensor's place does not fit its shape, or the places leave holes or overlap.
    case layout(tensor: String, reason: String)

    /// The error in words.
    public var description: String {
        switch self {
        case .truncated(let expected, let found):
            "the file is truncated: \(found) bytes, expected \(expected)"
        case .header(let reason):
            "not a safetensors header: \(reason)"
        case .type(let tensor, let found):
            "tensor '\(tensor)' has the type \(found); F32, F64 and I64 are read"
        case .layout(let tensor, let reason):
            "tensor '\(tensor)': \(reason)"
        }
    }
}

extension Safetensors {
    private struct Entry: Decodable {
        let dtype: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    private struct Header: Decodable {
        var metadata: [String: String] = [:]
        var entries: [String: Entry] = [:]

        struct Name: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Name.self)
            for name in container.allKeys {
                if name.stringValue == "__metadata__" {
                    metadata = try container.decode([String: String].self, forKey: name)
                } else {
                    entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
                }
            }
        }
    }

    /// Reads a file's bytes; every part of the layout is checked before a value is taken. O(size).
    public init(decoding bytes: [UInt8]) throws(SafetensorsError) {
        guard bytes.count >= 8 else { throw .truncated(expected: 8, found: bytes.count) }
        let headerLength = UInt64(Self.words(bytes[0..<8], as: UInt64.self)[0])
        guard headerLength <= 100_000_000 else { throw .header("its length is given as \(headerLength) bytes") }
        let start = 8 + Int(headerLength)
        guard bytes.count >= start else { throw .truncated(expected: start, found: bytes.count) }
        let header: Header
        do {
            header = try JSONDecoder().decode(Header.self, from: Data(bytes[8..<start]))
        } catch {
            throw .header("\(error)")
        }

        tensors = [:]
        metadata = header.metadata
        var end = 0
        for (name, entry) in header.entries.sorted(by: { $0.value.offsets.lexicographicallyPrecedes($1.value.offsets) })
        {
            let width = try Self.width(of: entry.dtype, tensor: name)
            guard entry.offsets.count == 2, entry.offsets[0] == end else {
                throw .layout(tensor: name, reason: "its place \(entry.offsets) does not follow byte \(end)")
            }
            guard let count = Self.count(of: entry.shape), entry.offsets[1] - end == count * width else {
                throw .layout(
                    tensor: name, reason: "the shape \(entry.shape) does not fill the place \(entry.offsets)")
            }
            end = entry.offsets[1]
            guard bytes.count >= start + end else { throw .truncated(expected: start + end, found: bytes.count) }
            let place = bytes[(start + entry.offsets[0])..<(start + end)]
            tensors[name] = Tensor(shape: entry.shape, values: Self.values(place, entry.dtype))
        }
        guard bytes.count == start + end else {
            throw .layout(tensor: "(end)", reason: "\(bytes.count - start - end) bytes after the last tensor")
        }
    }

    private static func width(of type: String, tensor: String) throws(SafetensorsError) -> Int {
        switch type {
        case "F32": 4
        case "F64", "I64": 8
        default: throw .type(tensor: tensor, found: type)
        }
    }

    /// The product of a shape, or nil where it is negative or too large to be one.
    private static func count(of shape: [Int]) -> Int? {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow, product < 1 << 48 else { return nil }
            count = product
        }
        return count
    }

    private static func values(_ bytes: ArraySlice<UInt8>, _ type: String) -> Values {
        switch type {
        case "F32": .float32(words(bytes, as: UInt32.self).map(Float.init(bitPattern:)))
        case "F64": .float64(words(bytes, as: UInt64.self).map(Double.init(bitPattern:)))
        default: .int64(words(bytes, as: UInt64.self).map(Int64.init(bitPattern:)))
        }
    }

    private static func words<Word: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as: Word.Type) -> [Word] {
        let width = Word.bitWidth / 8
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { index in
            var word: Word = 0
            for place in 0..<width {
                word |= Word(truncatingIfNeeded: bytes[index + place]) << Word(truncatingIfNeeded: 8 * place)
            }
            return word
        }
    }
}
