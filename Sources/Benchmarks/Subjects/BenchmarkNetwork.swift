public import Engine

/// A network that is measured: one of a name with one of its normalizations, at the batch it is usually trained with.
public struct BenchmarkNetwork: Sendable {
    /// The network's name: `lenet`.
    public let name: String
    /// Its normalization: `none`, `bn` or `lrn`.
    public let variant: String
    /// Images of a training step.
    public let batch: Int
    /// The network.
    public let network: Network

    /// A network of the given parts.
    public init(name: String, variant: String, batch: Int, network: Network) {
        self.name = name
        self.variant = variant
        self.batch = batch
        self.network = network
    }
}
