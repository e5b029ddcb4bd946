import Kernels
import Vocabulary

/// γ and β of a normalization, one of each a channel: y = γx̂ + β.
///
/// Ioffe & Szegedy 2015 do not say whether γ and β decay, and Caffe's Scale layer decays them unless told otherwise. Here
/// they do not by default, since decaying γ towards 0 is no L2 penalty on the function that the network computes.
public struct ScaleAndShift: Sendable {
    /// Whether γ is trained; otherwise it is 1.
    public var scale = true
    /// Whether β is trained; otherwise it is 0.
    public var shift = true
    /// Factor on the learning rate of γ.
    public var scaleRate = 1.0
    /// Factor on the learning rate of β.
    public var shiftRate = 1.0
    /// Factor on the weight decay of γ.
    public var scaleDecay = 0.0
    /// Factor on the weight decay of β.
    public var shiftDecay = 0.0

    /// Both trained, or one, or none.
    public init(scale: Bool = true, shift: Bool = true) {
        self.scale = scale
        self.shift = shift
    }

    /// The fields, which a normalization lists after its own.
    static let fields: [Field<Self>] = [
        Field("scale", \.scale, "Whether γ is trained; otherwise it is 1."),
        Field("shift", \.shift, "Whether β is trained; otherwise it is 0."),
        Field("scale-rate", \.scaleRate, 0...1_000, "Factor on the learning rate of γ."),
        Field("shift-rate", \.shiftRate, 0...1_000, "Factor on the learning rate of β."),
        Field("scale-decay", \.scaleDecay, 0...1_000, "Factor on the weight decay of γ; by default it does not decay."),
        Field("shift-decay", \.shiftDecay, 0...1_000, "Factor on the weight decay of β; by default it does not decay."),
    ]

    /// γ and β [channels], as far as they are trained.
    func parameters(channels: Int) -> [ParameterDeclaration] {
        let fan = Fan(input: 1, output: 1)
        let gamma = ParameterDeclaration(
            .scale, columns: channels, fan: fan, initializer: Constant(value: 1), rateMultiplier: scaleRate,
            decayMultiplier: scaleDecay)
        let beta = ParameterDeclaration(
            .shift, columns: channels, fan: fan, initializer: Constant(value: 0), rateMultiplier: shiftRate,
            decayMultiplier: shiftDecay)
        return (scale ? [gamma] : []) + (shift ? [beta] : [])
    }

    /// Vectors of 1 and of 0 that take the place of what is not trained.
    struct Slots: Sendable {
        let scale: VectorSlot
        let shift: VectorSlot

        init(_ booking: inout Booking) {
            scale = booking.vector("scale", count: booking.input.channels, .untilBackward)
            shift = booking.vector("shift", count: booking.input.channels, .untilBackward)
        }

        /// Writes them, in a forward pass.
        func fill(_ pass: Pass) {
            pass[scale].fill(1)
            pass[shift].fill(0)
        }

        /// γ.
        func scale(_ pass: Pass) -> Vector { pass.vectorParameter(.scale) ?? pass[scale] }

        /// β.
        func shift(_ pass: Pass) -> Vector { pass.vectorParameter(.shift) ?? pass[shift] }
    }
}
