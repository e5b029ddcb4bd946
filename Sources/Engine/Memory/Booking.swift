/// How long a booked buffer is needed.
public enum BookingLifetime: Sendable {
    /// During the layer's forward pass only.
    case forward
    /// During the layer's backward pass only; books nothing in a program without one.
    case backward
    /// From the layer's forward to its backward pass: a cache.
    case untilBackward
    /// Until the program's end.
    case program
    /// From when the layer's input is written, by another layer, to its forward pass.
    case fromInput
    /// From the layer's forward pass to the program's end, and only where somebody observes it.
    case observed
}

/// A handle of a booked matrix: what a layer keeps, and gives to a pass to borrow the memory.
public struct MatrixSlot: Sendable {
    let index: Int
    let rowsPerImage: Int
    let columns: Int
}

/// A handle of a booked vector.
public struct VectorSlot: Sendable {
    let index: Int
    let count: Int
}

/// The register in which a layer books the buffers of its passes, before any memory exists.
///
/// Nothing is allocated here: when every layer has booked, a ``MemoryPlan`` gives each buffer an offset in one slab.
public struct Booking {
    /// The node's name, which names its random streams.
    public let node: String
    /// The largest number of images of a pass.
    public let batch: Int
    /// The shapes of the layer's inputs.
    public let inputs: [Shape]
    /// The shape of its output.
    public let output: Shape

    struct Request {
        let name: String
        let count: Int
        let lifetime: BookingLifetime
    }
    private(set) var requests: [Request] = []
    /// The matrices that an observer can find by name.
    private(set) var matrices: [String: MatrixSlot] = [:]

    init(node: String, batch: Int, inputs: [Shape], output: Shape) {
        self.node = node
        self.batch = batch
        self.inputs = inputs
        self.output = output
    }

    /// The layer's first input shape.
    public var input: Shape { inputs[0] }

    /// Books a matrix with `rowsPerImage` rows for each image of the batch. Its contents are undefined until written.
    public mutating func matrix(
        _ name: String, rowsPerImage: Int, columns: Int, _ lifetime: BookingLifetime
    ) -> MatrixSlot {
        let slot = MatrixSlot(index: requests.count, rowsPerImage: rowsPerImage, columns: columns)
        requests.append(Request(name: name, count: batch * rowsPerImage * columns, lifetime: lifetime))
        matrices[name] = slot
        return slot
    }

    /// Books a vector of `count` floats. Its contents are undefined until written.
    public mutating func vector(_ name: String, count: Int, _ lifetime: BookingLifetime) -> VectorSlot {
        let slot = VectorSlot(index: requests.count, count: count)
        requests.append(Request(name: name, count: count, lifetime: lifetime))
        return slot
    }
}
