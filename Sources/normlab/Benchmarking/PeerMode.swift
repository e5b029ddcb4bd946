import Benchmarks
import Engine

/// A way in which another framework can run a network.
struct PeerMode: Equatable {
    /// `torch` or `jax`.
    let framework: String
    /// How it runs: `eager`, `channels_last`, `compile`, `compile+channels_last`; `scan` for JAX.
    let mode: String
    /// Which of `torch.optim.SGD`'s implementations updates: `default` or `fused`.
    var optimizer = "fused"

    /// `torch compile, fused`.
    var label: String {
        framework == "jax" ? "jax \(mode)" : "torch \(mode)" + (optimizer == "fused" ? ", fused" : "")
    }

    private static let scan = PeerMode(framework: "jax", mode: "scan")
    private static let eager = PeerMode(framework: "torch", mode: "eager")
    private static let channelsLast = PeerMode(framework: "torch", mode: "channels_last")
    private static let compiled = PeerMode(framework: "torch", mode: "compile")
    private static let compiledChannelsLast = PeerMode(framework: "torch", mode: "compile+channels_last")

    /// The modes that a network is compared with: those that have been the fastest for it, with the two that everybody
    /// tries; or every mode.
    static func modes(for subject: BenchmarkNetwork, all: Bool) -> [PeerMode] {
        let isDense = !subject.network.nodes.contains { $0.layer is Convolution }
        if all {
            let modes = isDense ? [eager, compiled] : [eager, channelsLast, compiled, compiledChannelsLast]
            let both = modes.flatMap { mode in
                [mode, PeerMode(framework: "torch", mode: mode.mode, optimizer: "default")]
            }
            return isDense ? [scan] + both : both
        }
        switch (subject.name, subject.variant) {
        case ("mlp", _): return [scan, eager]
        case (_, "none"): return [eager, channelsLast]
        case ("lenet", "lrn"): return [eager, channelsLast, compiledChannelsLast]
        default: return [eager, channelsLast, compiled]
        }
    }
}
