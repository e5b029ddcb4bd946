import Foundation

/// The contents of a safetensors file: named tensors and a few words about them.
///
/// The format: 8 bytes with the length of the header (little endian), a JSON header that gives each tensor's type, shape
/// and place, then the values in little endian, row by row. The bytes depend on the contents alone: tensors are ordered
/// as the reference implementation orders them (wide types first, so that all are aligned, then by name), metadata by
/// key, and the header is padded with spaces to a multiple of eight bytes. What is not a number is written as the one quiet NaN
/// 7FC0 0000, since processors give it signs and payloads of their own.
public struct Safetensors: Equatable, Sendable {
    /// The values of a tensor, row by row.
    public enum Values: Equatable, Sendable {
        case float32([Float])
        case float64([Double])
        case int64([Int64])
    }

    /// A tensor with its shape; an empty shape is a single number.
    public struct Tensor: Equatable, Sendable {
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

    public var tensors: [String: Tensor]
    /// Texts by key; readers ignore what they do not know.
    public var metadata: [String: String]

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
    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .int64(let values): values.count
        }
    }

    package var width: Int { typeName == "F32" ? 4 : 8 }

    package var typeName: String {
        switch self {
        case .float32: "F32"
        case .float64: "F64"
        case .int64: "I64"
        }
    }

    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .float32(let values):
            for value in values { Safetensors.append((value.isNaN ? .nan : value).bitPattern, to: &bytes) }
        case .float64(let values):
            for value in values { Safetensors.append((value.isNaN ? .nan : value).bitPattern, to: &bytes) }
        case .int64(let values): for value in values { Safetensors.append(value, to: &bytes) }
        }
    }
}

/// A safetensors file that cannot be taken: what is wrong with it.
public enum SafetensorsError: Error, Equatable, Sendable, CustomStringConvertible {
    case truncated(expected: Int, found: Int)
    case header(String)
    case type(tensor: String, found: String)
    /// A tensor's place does not fit its shape, or the places leave holes or overlap.
    case layout(tensor: String, reason: String)

    public var description: String {
        switch self {
        case .truncated(let expected, let found): "the file is truncated: \(found) bytes, expected \(expected)"
        case .header(let reason): "not a safetensors header: \(reason)"
        case .type(let tensor, let found): "tensor '\(tensor)' has the type \(found); F32, F64 and I64 are read"
        case .layout(let tensor, let reason): "tensor '\(tensor)': \(reason)"
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
            guard ["F32", "F64", "I64"].contains(entry.dtype) else { throw .type(tensor: name, found: entry.dtype) }
            let width = entry.dtype == "F32" ? 4 : 8
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

public struct Predictions: Equatable, Sendable {
    public let classes: Int
    /// The probability of each class for each image, image by image: [images × classes].
    public let probabilities: [Float]
    public let labels: [Int32]

    public init(classes: Int, probabilities: [Float], labels: [Int32]) {
        precondition(probabilities.count == labels.count * classes, "a probability for every class of every image")
        self.classes = classes
        self.probabilities = probabilities
        self.labels = labels
    }
}

/// The class probabilities of a final network on the test images, as a safetensors file: `probabilities`, F32
/// [images × classes], and `labels`, I64 [images].
package struct PredictionsFile: Equatable {
    /// What the network says, and what is true.
    package let predictions: Predictions
    /// Which run it was, after how many steps, and under which statistics.
    package let metadata: [String: String]

    /// A file that is well formed but holds no predictions, in words.
    package struct Damage: Error, CustomStringConvertible {
        package let description: String
    }

    package init(_ predictions: Predictions, metadata: [String: String]) {
        self.predictions = predictions
        self.metadata = metadata
    }

    /// Reads a run's file.
    ///
    /// - Throws: `FileError` for a file that is missing or damaged.
    package init(_ folder: RunFolder) throws(FileError) {
        let bytes = try AtomicFile.read(folder.predictions)
        do {
            try self.init(decoding: bytes)
        } catch {
            throw FileError(
                operation: "read", path: folder.predictions.path, reason: "\(error)",
                suggestion: "remove the file and run the experiment again")
        }
    }

    package init(decoding bytes: [UInt8]) throws {
        let file = try Safetensors(decoding: bytes)
        guard let tensor = file.tensors["probabilities"], case .float32(let probabilities) = tensor.values,
            tensor.shape.count == 2
        else { throw Damage(description: "it has no matrix 'probabilities' of the type F32") }
        let classes = tensor.shape[1]
        guard case .int64(let labels)? = file.tensors["labels"]?.values, labels.count == tensor.shape[0],
            labels.allSatisfy({ (0..<Int64(classes)).contains($0) })
        else { throw Damage(description: "it has no class of the type I64 in 'labels' for every row") }
        predictions = Predictions(
            classes: classes, probabilities: probabilities, labels: labels.map { Int32(truncatingIfNeeded: $0) })
        metadata = file.metadata
    }

    package func encoded() -> [UInt8] {
        let (images, classes) = (predictions.labels.count, predictions.classes)
        return Safetensors(
            tensors: [
                "probabilities": .init(shape: [images, classes], values: .float32(predictions.probabilities)),
                "labels": .init(shape: [images], values: .int64(predictions.labels.map(Int64.init))),
            ], metadata: metadata
        ).encoded()
    }
}
