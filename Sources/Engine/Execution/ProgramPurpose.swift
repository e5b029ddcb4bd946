/// What a program is compiled for, which decides what stays in memory and for how long.
enum ProgramPurpose {
    /// Forward, loss and backward; with the gradient by the network's input too if it is wanted. The tapped tensors stay.
    case training(inputGradient: Bool, taps: [Tap] = [])
    /// Forward, and backward from wherever a gradient is put, in parts and again and again: nothing is fused, everything
    /// stays, and the gradient by the network's input is computed too.
    case differentiation
    /// Forward and loss; a value is forgotten when its last reader has read it.
    case inference
    /// Forward; the tapped tensors stay.
    case observation([Tap])

    var hasBackward: Bool {
        switch self {
        case .training, .differentiation: true
        case .inference, .observation: false
        }
    }
    var wantsInputGradient: Bool {
        switch self {
        case .training(let wanted, _): wanted
        case .differentiation: true
        case .inference, .observation: false
        }
    }
    /// Whether every buffer stays in memory from the first moment to the last, so that passes can be repeated.
    var keepsEverything: Bool { if case .differentiation = self { true } else { false } }
    var taps: [Tap] {
        switch self {
        case .training(_, let taps), .observation(let taps): taps
        case .inference, .differentiation: []
        }
    }
}
