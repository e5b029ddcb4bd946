import Datasets
import Engine
import Foundation
import Results

/// What an unfinished run needs to continue at the same bits: one file, replaced as a whole.
///
/// All randomness is a function of the seed and the step, so the model's tensors, the step and the lengths of the tables
/// at that step are everything. The tables are on the disk before the state that names their lengths, so what a state
/// names is always there.
struct SavedState {
    /// The run that it belongs to: the check value of everything that determines its numbers.
    let hash: String
    let step: Int
    /// The length of each table in bytes.
    let lengths: [RunFolder.Table: Int]
    let seconds: Double
    let tensors: [NamedTensor]

    private static let format = "normlab-state-2"
    /// What stands for the check value while it is computed.
    private static let unsealed = String(repeating: "0", count: 64)

    struct Damage: Error, Equatable, CustomStringConvertible {
        let description: String
    }
}

extension SavedState {
    /// The state of a folder; nil where there is none.
    init?(_ folder: RunFolder) throws {
        guard folder.has(folder.savedState) else { return nil }
        try self.init(decoding: AtomicFile.read(folder.savedState))
    }

    init(decoding bytes: [UInt8]) throws {
        let file = try Safetensors(decoding: bytes)
        guard file.metadata["format"] == Self.format else {
            throw Damage(description: "its format is \(file.metadata["format"] ?? "unknown"), expected \(Self.format)")
        }
        guard let seal = file.metadata["checksum"],
            Self.checkValue(Self.replacing(seal, by: Self.unsealed, in: bytes)) == seal
        else {
            throw Damage(description: "its contents do not fit its check value")
        }
        func number<Number: LosslessStringConvertible>(_ key: String, as: Number.Type) throws(Damage) -> Number {
            guard let value = file.metadata[key].flatMap(Number.init) else {
                throw Damage(description: "it does not say its \(key)")
            }
            return value
        }
        hash = file.metadata["hash"] ?? ""
        step = try number("step", as: Int.self)
        seconds = try number("seconds", as: Double.self)
        var lengths: [RunFolder.Table: Int] = [:]
        for table in RunFolder.Table.allCases where file.metadata["length \(table.rawValue)"] != nil {
            lengths[table] = try number("length \(table.rawValue)", as: Int.self)
        }
        self.lengths = lengths
        tensors = file.namedTensors
    }

    func encoded() -> [UInt8] {
        var file = Safetensors(tensors)
        file.metadata = [
            "format": Self.format, "hash": hash, "step": "\(step)", "seconds": "\(seconds)", "checksum": Self.unsealed,
        ]
        for (table, length) in lengths { file.metadata["length \(table.rawValue)"] = "\(length)" }
        let bytes = file.encoded()
        return Self.replacing(Self.unsealed, by: Self.checkValue(bytes), in: bytes)
    }

    private static func checkValue(_ bytes: [UInt8]) -> String { SHA256.hexDigest(of: bytes) }

    /// The bytes with the check value, a word of the header, changed for another of the same length.
    private static func replacing(_ text: String, by other: String, in bytes: [UInt8]) -> [UInt8] {
        let key = Array("\"checksum\":\"\(text)\"".utf8)
        guard let place = bytes.firstRange(of: key), text.utf8.count == other.utf8.count else { return bytes }
        var bytes = bytes
        bytes.replaceSubrange(place, with: "\"checksum\":\"\(other)\"".utf8)
        return bytes
    }
}

extension Safetensors {
    init(_ tensors: [NamedTensor]) {
        self.init()
        for tensor in tensors {
            let values: Values =
                switch tensor.elements {
                case .floats(let values): .float32(values)
                case .integers(let values): .int64(values)
                }
            self.tensors[tensor.name] = Tensor(shape: tensor.shape, values: values)
        }
    }

    /// The tensors as the engine takes them, by name; it has no double precision, which is left out.
    var namedTensors: [NamedTensor] {
        tensors.sorted { $0.key < $1.key }.compactMap { name, tensor in
            switch tensor.values {
            case .float32(let values): NamedTensor(name: name, shape: tensor.shape, elements: .floats(values))
            case .int64(let values): NamedTensor(name: name, shape: tensor.shape, elements: .integers(values))
            case .float64: nil
            }
        }
    }
}
