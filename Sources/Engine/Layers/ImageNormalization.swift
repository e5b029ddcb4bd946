import Kernels
import Vocabulary

/// A normalization of each image by itself: over all its positions and over groups of channels.
///
///     x̂ = (x − μ)/√(σ² + ε),   y = γx̂ + β
///
/// with the mean and the biased variance of image and group, and one γ and β a channel. It keeps no statistics and is the
/// same in training and inference. A layer says how many channels are a group; the rest is common.
public protocol ImageNormalization: Layer where Workspace == ImageNormalizationWorkspace {
    /// ε, added to the variance inside the root.
    var epsilon: Double { get set }
    /// γ and β.
    var scaleAndShift: ScaleAndShift { get set }
    /// The channels of a group, of so many: a divisor.
    func channelsPerGroup(of channels: Int) -> Int
}

/// The statistics of each image and group, once for each channel; x̂ only where somebody observes it.
public struct ImageNormalizationWorkspace: Sendable {
    let positions: Int
    let mean: MatrixSlot
    let inverseDeviation: MatrixSlot
    let normalized: MatrixSlot
    let scaleAndShift: ScaleAndShift.Slots
    let scratch: VectorSlot
    let sum: VectorSlot
    let productSum: VectorSlot
    let backwardScratch: VectorSlot
}

extension ImageNormalization {
    /// A normalization, though not by the batch.
    public static var role: LayerRole { .normalization }

    /// ε, γ and β, which a layer lists among its own fields.
    static var imageFields: [Field<Self>] {
        [Field("epsilon", \.epsilon, 0...1, "ε, added to the variance inside the root.")]
            + ScaleAndShift.fields.within(\.scaleAndShift)
    }

    /// The shape of the input.
    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// γ and β [channels], as far as they are trained.
    public func parameters(_ inputs: [Shape]) -> [ParameterDeclaration] {
        scaleAndShift.parameters(channels: inputs[0].channels)
    }

    /// A nonlinearity behind it is a part of both passes.
    public static var fusion: LayerFusion { .wholeNonlinearity }

    /// Every element of the gradient by the input depends on the same one of the gradient by the output.
    public static var overwritesGradient: Bool { true }

    /// The backward pass computes x̂ again from the input.
    public var backwardReads: BackwardReads { .inputs }

    /// The slope of a nonlinearity comes from its output, unless that is cheap to compute again.
    public func backwardReads(behind nonlinearity: Nonlinearity) -> BackwardReads {
        nonlinearity.gradientReadsOutput ? [.inputs, .output] : .inputs
    }

    /// Two values an image and channel, and what the passes need.
    public func book(_ booking: inout Booking) -> ImageNormalizationWorkspace {
        let (channels, positions, images) = (booking.input.channels, booking.input.positions, booking.batch)
        return ImageNormalizationWorkspace(
            positions: positions,
            mean: booking.matrix("mean", rowsPerImage: 1, columns: channels, .untilBackward),
            inverseDeviation: booking.matrix("inverse deviation", rowsPerImage: 1, columns: channels, .untilBackward),
            normalized: booking.matrix("normalized", rowsPerImage: positions, columns: channels, .observed),
            scaleAndShift: ScaleAndShift.Slots(&booking),
            scratch: booking.vector(
                "scratch",
                count: GroupStandardization.forwardScratch(images: images, rowsPerImage: positions, columns: channels),
                .forward),
            sum: booking.vector("gradient sum", count: channels, .backward),
            productSum: booking.vector("gradient sum by normalized", count: channels, .backward),
            backwardScratch: booking.vector(
                "gradient scratch",
                count: GroupStandardization.gradientScratch(images: images, rowsPerImage: positions, columns: channels),
                .backward))
    }

    /// For each image and group, μ = mean x, σ² = mean (x − μ)², x̂ = (x − μ)/√(σ² + ε), y = f(γx̂ + β).
    public func forward(_ pass: Pass, _ workspace: ImageNormalizationWorkspace) {
        workspace.scaleAndShift.fill(pass)
        standardization(pass, workspace).forward(
            pass.input, normalized: pass.observed(workspace.normalized), into: pass.output,
            scratch: pass[workspace.scratch], team: pass.team)
    }

    /// With dz = dy · f′: dβ = Σ dz,  dγ = Σ dz·x̂,
    /// dx = 1/√(σ² + ε) · (γdz − mean(γdz) − x̂ · mean(γdz·x̂)), the means over image and group.
    public func backward(_ pass: Pass, _ workspace: ImageNormalizationWorkspace) {
        let (sum, productSum) = (pass[workspace.sum], pass[workspace.productSum])
        standardization(pass, workspace).gradient(
            pass.input, output: pass.output, outputGradient: pass.outputGradient, sum: sum, productSum: productSum,
            into: pass.inputGradient, scratch: pass[workspace.backwardScratch], team: pass.team)
        pass.vectorGradient(.shift)?.copy(from: sum)
        pass.vectorGradient(.scale)?.copy(from: productSum)
    }

    private func standardization(_ pass: Pass, _ workspace: ImageNormalizationWorkspace) -> GroupStandardization {
        GroupStandardization(
            rowsPerImage: workspace.positions, columnsPerGroup: channelsPerGroup(of: pass.input.columns),
            epsilon: epsilon, mean: pass[workspace.mean], inverseDeviation: pass[workspace.inverseDeviation],
            scale: workspace.scaleAndShift.scale(pass), shift: workspace.scaleAndShift.shift(pass),
            nonlinearity: pass.nonlinearity)
    }
}
