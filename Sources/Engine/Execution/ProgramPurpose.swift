/// What a program is compiled for, which decides what stays in memory and for how long.
enum ProgramPurpose {
    /// Forward, loss and backward; with the gradient by the network's input too if it is wanted. The tapped tensors stay.
    case training(inputGradient: Bool, taps: [Tap] = [])
    /// Forward and loss; a value is forgotten when its last reader has read it.
    case inference
    /// Forward; the tapped tensors stay.
    case observation([Tap])

    var hasBackward: Bool { if case .training = self { true } else { false } }
    var wantsInputGradient: Bool { if case .training(let wanted, _) = self { wanted } else { false } }
    var taps: [Tap] {
        switch self {
        case .training(_, let taps), .observation(let taps): taps
        case .inference: []
        }
    }
}
