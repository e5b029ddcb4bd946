import Kernels
import Vocabulary

/// Noise that shifts and scales the distribution of every unit anew in every training step: the "noisy" batch normalization
/// of Santurkar et al. 2018 (§2.1 and appendix), which brings back by force the shift that normalization is said to remove.
///
/// For each unit j of the layer a distribution is drawn in every step, with μⱼ uniform in ±n_μ and σⱼ uniform from 1 to n_σ,
/// and from it for each image i a shift mᵢⱼ, uniform in μⱼ ± r_μ, and a scale sᵢⱼ, normal with mean σⱼ and deviation r_σ.
/// A unit of a map is a channel: all positions of an image have one shift and one scale, as they have one mean and one
/// variance in batch normalization.
///
/// The numbers are the streams `covariate-noise/<node>/<what>/step-<k>`. They are on in training and in observations, which
/// show the network as the next training step sees it; the paper does not say what its networks do in inference, where here
/// they are off, as they are where population statistics are taken.
public struct CovariateNoise: Layer {
    /// n_μ: the greatest mean of a unit's shifts.
    public var shift = 0.5
    /// n_σ: the greatest mean of a unit's scales.
    public var scale = 1.25
    /// r_μ: the greatest distance of an image's shift from the unit's mean.
    public var shiftSpread = 0.1
    /// r_σ: the deviation of an image's scale from the unit's mean.
    public var scaleSpread = 0.1

    public static let kind = "covariate-noise"
    public static let summary =
        "Shifts and scales every unit at random in training, by another distribution in every step (Santurkar et al. 2018)."
    public static let fields: [Field<Self>] = [
        Field("shift", \.shift, 0...1_000, "n_μ: in a step the shifts of a unit have a mean from −n_μ to n_μ."),
        Field("scale", \.scale, 1...1_000, "n_σ: in a step the scales of a unit have a mean from 1 to n_σ."),
        Field(
            "shift-spread", \.shiftSpread, 0...1_000, "r_μ: the shift of an image is uniform within ±r_μ of that mean."),
        Field(
            "scale-spread", \.scaleSpread, 0...1_000, "r_σ: the scale of an image has this deviation from that mean."),
    ]

    /// The paper's constants: n_μ = 0.5, n_σ = 1.25, r_μ = r_σ = 0.1.
    public init() {}
    public init(shift: Double, scale: Double, shiftSpread: Double, scaleSpread: Double) {
        self.shift = shift
        self.scale = scale
        self.shiftSpread = shiftSpread
        self.scaleSpread = scaleSpread
    }

    public var traits: LayerTraits { LayerTraits(.disturbance, backwardReads: []) { $0.overwritesGradient = true } }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape { inputs[0] }

    /// The noise of a step, and what its streams are called, without the step.
    public struct Workspace: Sendable {
        let scales: MatrixSlot
        let shifts: MatrixSlot
        let mean: VectorSlot
        let meanStream: String
        let deviationStream: String
        let shiftStream: String
        let scaleStream: String
    }

    /// A shift and a scale for each channel of each image. The scales stay for the backward pass: to draw normal deviates
    /// again would cost more.
    public func book(_ booking: inout Booking) -> Workspace {
        let channels = booking.input.channels
        let path = "\(Self.kind)/\(booking.node)"
        return Workspace(
            scales: booking.matrix("scales", rowsPerImage: 1, columns: channels, .untilBackward),
            shifts: booking.matrix("shifts", rowsPerImage: 1, columns: channels, .forward),
            mean: booking.vector("means of a step", count: channels, .forward),
            meanStream: "\(path)/mean/step-", deviationStream: "\(path)/deviation/step-",
            shiftStream: "\(path)/shift/step-", scaleStream: "\(path)/scale/step-")
    }

    /// y = s·x + m in training and where it is observed, y = x in inference
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        guard draw(pass, workspace) else {
            Pointwise.copy(pass.input, into: pass.output, team: pass.team)
            return
        }
        GroupAffine(scale: pass[workspace.scales], shift: pass[workspace.shifts])
            .apply(pass.input, into: pass.output, team: pass.team)
    }

    /// dx = s·dy
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        guard pass.phase.randomness != nil else {
            Pointwise.copy(pass.outputGradient, into: inputGradient, team: pass.team)
            return
        }
        GroupAffine(scale: pass[workspace.scales])
            .apply(pass.outputGradient, into: inputGradient, team: pass.team)
    }

    /// Draws m = μ + U(−r_μ, r_μ) and s = σ + N(0, r_σ) for the step; returns false where there is no noise.
    private func draw(_ pass: Pass, _ workspace: Workspace) -> Bool {
        guard let (step, seed) = pass.phase.randomness else { return false }
        let (scales, shifts, mean) = (pass[workspace.scales], pass[workspace.shifts], pass[workspace.mean])
        func stream(_ path: String) -> RandomStream { RandomStream(seed: seed, path, step) }
        let spread = Float(shiftSpread)
        stream(workspace.meanStream).fill(mean, uniform: -Float(shift)..<Float(shift))
        stream(workspace.shiftStream).fill(shifts.vector, uniform: -spread..<spread)
        Pointwise.add(mean, toRowsOf: shifts, team: pass.team)
        stream(workspace.deviationStream).fill(mean, uniform: 1..<max(1, Float(scale)))
        stream(workspace.scaleStream).fill(scales, deviation: Float(scaleSpread), team: pass.team)
        Pointwise.add(mean, toRowsOf: scales, team: pass.team)
        return true
    }
}

extension Phase {
    /// What names the random numbers of disturbances; nil where they are off.
    fileprivate var randomness: (step: Int, seed: UInt64)? {
        switch self {
        case .training(let step, let seed), .observation(let step, let seed): (step, seed)
        case .inference: nil
        }
    }
}

/// Dropout (Srivastava et al. 2014) in its inverted form, which is also Caffe's: in training an element is dropped with
/// the given probability and otherwise scaled by 1/(1 − ratio); inference does nothing.
///
/// The mask of step k is the stream `dropout/<node>/step-<k>`, so it depends on nothing but the seed and the step, and the
/// backward pass draws it again instead of keeping it.
public struct Dropout: Layer {
    public var ratio = 0.5

    public static let kind = "dropout"
    public static let summary = "Drops elements in training and scales the rest by 1/(1 − ratio)."
    public static let fields: [Field<Self>] = [
        Field("ratio", \.ratio, 0...0.999, "Probability of an element to be dropped.")
    ]

    public init() {}
    public init(ratio: Double) { self.ratio = ratio }

    public var traits: LayerTraits { LayerTraits(.regularization, backwardReads: []) { $0.overwritesGradient = true } }

    public func outputShape(_ inputs: [Shape]) throws(LayerError) -> Shape {
        // The nearest float is what is computed with, and 0.99999999 has 1.
        guard ratio >= 0, Float(ratio) < 1 else {
            throw LayerError(field: "ratio", found: "ratio \(ratio)", expected: "a ratio from 0 to below 1")
        }
        return inputs[0]
    }

    /// What the masks' streams are called, without the step.
    public struct Workspace: Sendable {
        let streams: String
    }

    public func book(_ booking: inout Booking) -> Workspace { Workspace(streams: "dropout/\(booking.node)/step-") }

    /// y = x · mask / (1 − ratio) in training, y = x in inference
    public func forward(_ pass: Pass, _ workspace: Workspace) {
        drop(pass.input, into: pass.output, pass, workspace)
    }

    /// dx = dy · mask / (1 − ratio)
    public func backward(_ pass: Pass, _ workspace: Workspace) {
        guard let inputGradient = pass.inputGradient else { return }
        drop(pass.outputGradient, into: inputGradient, pass, workspace)
    }

    private func drop(_ source: Matrix, into target: Matrix, _ pass: Pass, _ workspace: Workspace) {
        guard case .training(let step, let seed) = pass.phase else {
            Pointwise.copy(source, into: target, team: pass.team)
            return
        }
        Pointwise.drop(
            source, ratio: Float(ratio), stream: RandomStream(seed: seed, workspace.streams, step), into: target,
            team: pass.team)
    }
}
