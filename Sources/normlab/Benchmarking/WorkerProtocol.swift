import Foundation

/// What a process that measures says on its standard output, one JSON object a line: once when its first training step is
/// done, and once for every order on its standard input. `Benchmarks/peers.py` speaks the same.
struct WorkerReply: Codable {
    /// Trainable numbers; in the first line.
    var parameters: Int?
    /// Multiply-adds of the forward pass of one image; in the first line.
    var multiplyAdds: Int?
    /// Images a second of an order.
    var imagesPerSecond: Double?
    /// The most memory that was resident so far, in bytes.
    var memory: Int?
    /// The program's name and version; in the first line.
    var program: String?

    enum CodingKeys: String, CodingKey {
        case parameters, memory, program
        case multiplyAdds = "multiply-adds"
        case imagesPerSecond = "images-per-second"
    }
}

/// An order to a process that measures: a word and the seconds that it may take.
enum WorkerOrder: String, CaseIterable {
    /// Training steps.
    case train
    /// Batches of inference.
    case infer
    /// Epochs of a whole run.
    case run
}
