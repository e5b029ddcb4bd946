import Engine

/// Networks of one family whose width and image size can be chosen: two 3 × 3 convolutions with batch normalization, the
/// second with twice the channels at half the resolution, a mean over all positions and ten scores.
enum ScalingNetworks {
    /// The network with `width` channels in its first convolution, on square colour images of `size` pixels each way.
    static func network(width: Int, size: Int, batch: Int) throws(NetworkError) -> BenchmarkNetwork {
        func block(_ name: String, _ channels: Int) -> [Node] {
            [
                Node(name: name, layer: Convolution(channels: channels, kernel: 3, pad: 1, weight: He())),
                Node(name: "\(name)/normalize", layer: BatchNormalization()),
                Node(name: "\(name)/activate", layer: Rectifier()),
            ]
        }
        let network = try Network(
            input: Shape(height: size, width: size, channels: 3),
            nodes: block("conv1", width) + [Node(name: "pool1", layer: MaxPooling(kernel: 2))]
                + block("conv2", 2 * width) + [
                    Node(name: "pool2", layer: AveragePooling(kernel: size / 2)),
                    Node(name: "output", layer: Dense(units: 10, weight: Xavier())),
                ])
        return BenchmarkNetwork(name: "two-convolutions", variant: "bn", batch: batch, network: network)
    }
}
