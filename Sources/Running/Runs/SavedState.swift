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
    /// The number of updates made.
    let step: Int
    /// The length of each table in bytes.
    let lengths: [RunFolder.Table: Int]
    /// Seconds of work until then.
    let seconds: Double
    /// The model's tensors.
    let tensors: [NamedTensor]

    private static let format = "normlab-state-1"

    /// A saved state that cannot be taken, in words.
    struct Damage: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    init(hash: String, step: Int, lengths: [RunFolder.Table: Int], seconds: Double, tensors: [NamedTensor]) {
        self.hash = hash
        self.step = step
        self.lengths = lengths
        self.seconds = seconds
        self.tensors = tensors
    }

    /// The state of a folder; nil where there is none.
    init?(_ folder: RunFolder) throws(Damage) {
        guard folder.has(folder.savedState) else { return nil }
        do {
            try self.init(decoding: AtomicFile.read(folder.savedState))
        } catch let damage as Damage {
            throw damage
        } catch {
            throw Damage(description: "\(error)")
        }
    }

    init(decoding bytes: [UInt8]) throws {
        let file = try Safetensors(decoding: bytes)
        guard file.metadata["format"] == Self.format else {
            throw Damage(description: "its format is \(file.metadata["format"] ?? "unknown"), expected \(Self.format)")
        }
        guard file.metadata["checksum"] == Checksum.text(Safetensors(tensors: file.tensors).encoded()) else {
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
            "format": Self.format, "hash": hash, "step": "\(step)", "seconds": "\(seconds)",
            "checksum": Checksum.text(file.encoded()),
        ]
        for (table, length) in lengths { file.metadata["length \(table.rawValue)"] = "\(length)" }
        return file.encoded()
    }
}

extension Safetensors {
    /// The engine's tensors, without metadata.
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

    /// The tensors as the engine takes them, by name; double precision is none of its types and left out.
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

/// A 64-bit check value that tells a damaged file from a whole one (FNV-1a); it is no defence against intent.
enum Checksum {
    /// The check value of bytes, in 16 hexadecimal digits.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
