/// A function of single elements between two layers of a network.
///
/// Kernels that have an output at hand apply it there, which saves a pass over memory and changes no bit: the arithmetic
/// of an element is the same wherever it is done.
public enum Nonlinearity: String, CaseIterable, Hashable, Sendable {
    /// f(x) = x.
    case identity
    /// f(x) = max(x, 0); NaN stays NaN.
    case rectifier
    /// f(x) = 1 / (1 + e⁻ˣ).
    case sigmoid
    /// f(x) = tanh x.
    case tanh

    /// Whether a gradient reads the function's output from memory: where it costs more to compute again.
    public var gradientReadsOutput: Bool { !withFunction { $0.isCheap } }

    /// Calls `body` with the function as a type, for which its loops are compiled apart.
    @inline(__always)
    func withFunction<Result>(_ body: (any LaneFunction.Type) -> Result) -> Result {
        switch self {
        case .identity: body(Identity.self)
        case .rectifier: body(Rectifier.self)
        case .sigmoid: body(Sigmoid.self)
        case .tanh: body(HyperbolicTangent.self)
        }
    }
}

/// A function of single elements, a lane of them at a time.
protocol LaneFunction: SendableMetatype {
    /// Whether its value costs less to compute again than to load.
    static var isCheap: Bool { get }
    /// y = f(x).
    static func value(_ x: Lane) -> Lane
    /// dy · f′(x), where f′ is written as a function of y.
    static func gradient(_ dy: Lane, output y: Lane) -> Lane
}

private enum Identity: LaneFunction {
    static var isCheap: Bool { true }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { x }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy }
}

private enum Rectifier: LaneFunction {
    static var isCheap: Bool { true }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { x.replacing(with: Lane(), where: x .< Lane()) }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy.replacing(with: Lane(), where: y .<= Lane()) }
}

private enum Sigmoid: LaneFunction {
    static var isCheap: Bool { false }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { Elementary.sigmoid(x) }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy * (y * (1 - y)) }
}

private enum HyperbolicTangent: LaneFunction {
    static var isCheap: Bool { false }

    @inline(__always)
    static func value(_ x: Lane) -> Lane { Elementary.tanh(x) }

    @inline(__always)
    static func gradient(_ dy: Lane, output y: Lane) -> Lane { dy * Lane(repeating: 1).addingProduct(-y, y) }
}
