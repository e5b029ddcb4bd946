import Kernels
import Vocabulary

/// The mean of each channel over its whole map, whatever its extent (Lin et al. 2014, §3.2): the same network then serves
/// images of several sizes.
public struct GlobalAveragePooling: Layer {
    /// The word `global-average-pool`.
    public static let kind = "global-average-pool"
    /// One sentence for the reference.
    public static let summary = "The mean of each channel over its whole map."
    /// Nothing to choose.
    public static let fields: [Field<Self>] = []
    /// A pooling.
    public static let role = LayerRole.pooling

    /// The layer.
    public init() {}

    /// One value a channel.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { .flat(inputs[0].channels) }

    /// The shape of a map.
    public struct Workspace: Sendable {
        let input: Shape

        func geometry(images: Int) -> PoolingGeometry {
            PoolingGeometry(
                wholeMapsOf: images, height: input.height, width: input.width, channels: input.channels)
        }
    }

    /// Nothing but the shape.
    public func book(_ booking: inout Booking) -> Workspace { Workspace(input: booking.input) }

    /// The backward pass reads nothing but gradients.
    public var backwardReads: BackwardReads { [] }

    /// y[c] = Σ over all positions p of x[p, c] / their number
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        Pooling.average(
            workspace.geometry(images: pass.images), pass.input, into: pass.output, team: pass.team)
    }

    /// dx[p, c] = dy[c] / the number of positions
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        Pooling.averageGradient(
            workspace.geometry(images: pass.images), pass.outputGradient, into: inputGradient, team: pass.team)
    }
}
