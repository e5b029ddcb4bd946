import Engine
import Foundation

/// The class probabilities of a final network on the test images, as a safetensors file: `probabilities`, F32
/// [images × classes], and `labels`, I64 [images].
struct PredictionsFile: Equatable {
    /// What the network says, and what is true.
    let predictions: Predictions
    /// Which run it was, after how many steps, and under which statistics.
    let metadata: [String: String]

    /// A file that is well formed but holds no predictions, in words.
    struct Damage: Error, CustomStringConvertible {
        let description: String
    }

    /// The contents from their parts.
    init(_ predictions: Predictions, metadata: [String: String]) {
        self.predictions = predictions
        self.metadata = metadata
    }

    /// Reads a run's file.
    ///
    /// - Throws: `FileError` for a file that is missing or damaged.
    init(_ folder: RunFolder) throws(FileError) {
        let bytes = try AtomicFile.read(folder.predictions)
        do {
            try self.init(decoding: bytes)
        } catch {
            throw FileError(
                operation: "read", path: folder.predictions.path, reason: "\(error)",
                suggestion: "remove the file and run the experiment again")
        }
    }

    init(decoding bytes: [UInt8]) throws {
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

    /// The file's bytes.
    func encoded() -> [UInt8] {
        let (images, classes) = (predictions.labels.count, predictions.classes)
        return Safetensors(
            tensors: [
                "probabilities": .init(shape: [images, classes], values: .float32(predictions.probabilities)),
                "labels": .init(shape: [images], values: .int64(predictions.labels.map(Int64.init))),
            ], metadata: metadata
        ).encoded()
    }
}
