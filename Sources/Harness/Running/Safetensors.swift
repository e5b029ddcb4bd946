import Declarations

/// The contents of a safetensors file: named tensors and a few words about them.
///
/// The format: 8 bytes with the length of the header (little endian), a JSON header that gives each tensor's type, shape
/// and place, then the values in little endian, row by row. The bytes depend on the contents alone: tensors are ordered
/// as the reference implementation orders them (wide types first, so that all are aligned, then by name), metadata by
/// key, and the header is padded with spaces to a multiple of eight bytes.
public struct Safetensors: Equatable, Sendable {
    /// The values of a tensor, row by row.
    public enum Values: Equatable, Sendable {
        /// Single precision (`F32`).
        case float32([Float])
        /// Double precision (`F64`).
        case float64([Double])
        /// Whole numbers (`I64`).
        case int64([Int64])
    }

    /// A tensor with its shape; an empty shape is a single number.
    public struct Tensor: Equatable, Sendable {
        /// The extent of each dimension, outermost first.
        public let shape: [Int]
        /// As many values as the product of the shape.
        public let values: Values

        /// A tensor of values whose number is the product of the shape.
        public init(shape: [Int], values: Values) {
            precondition(shape.reduce(1, *) == values.count, "\(values.count) values for the shape \(shape)")
            self.shape = shape
            self.values = values
        }
    }

    /// The tensors by name.
    public var tensors: [String: Tensor]
    /// Texts by key; readers ignore what they do not know.
    public var metadata: [String: String]

    /// The contents from their parts.
    public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        self.tensors = tensors
        self.metadata = metadata
    }

    /// The file's bytes. O(size).
    public func encoded() -> [UInt8] {
        let order = tensors.sorted { ($1.value.values.width, $0.key) < ($0.value.values.width, $1.key) }
        var entries: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        for (name, tensor) in order {
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.values.count * tensor.values.width
            entries.append(
                "\(Self.quoted(name)):{\"dtype\":\"\(tensor.values.typeName)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(8 + header.count + offset)
        Self.append(UInt64(header.count), to: &bytes)
        bytes += header
        for (_, tensor) in order { tensor.values.append(to: &bytes) }
        return bytes
    }

    /// A JSON string; other characters than quotes, backslashes and controls stand for themselves in UTF-8.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    fileprivate static func append<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: Word.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> Word(truncatingIfNeeded: shift)))
        }
    }
}

extension Safetensors.Values {
    /// How many values there are.
    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .int64(let values): values.count
        }
    }

    /// Bytes of one value.
    var width: Int {
        switch self {
        case .float32: 4
        case .float64, .int64: 8
        }
    }

    /// The name of the type in the header.
    var typeName: String {
        switch self {
        case .float32: "F32"
        case .float64: "F64"
        case .int64: "I64"
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .float32(let values): for value in values { Safetensors.append(value.bitPattern, to: &bytes) }
        case .float64(let values): for value in values { Safetensors.append(value.bitPattern, to: &bytes) }
        case .int64(let values): for value in values { Safetensors.append(value, to: &bytes) }
        }
    }
}
