/// Where a resolved value came from.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// What put the value there. Later layers win over earlier ones.
    public enum Layer: Hashable, Sendable {
        /// Nobody: the default of the declaration.
        case standard
        /// A model file, or the layers of a model written in place.
        case model
        /// The experiment's `base`.
        case base
        /// The `set` of a profile.
        case profile(String)
        /// An arm.
        case arm(String)
        /// The experiment's `sweep`.
        case sweep
        /// `--set` on the command line.
        case override
    }

    /// Which layer.
    public let layer: Layer
    /// Which place; nil for defaults.
    public let position: SourcePosition?

    /// An origin.
    public init(layer: Layer, position: SourcePosition?) {
        self.layer = layer
        self.position = position
    }

    /// A value that nobody wrote.
    public static let standard = Origin(layer: .standard, position: nil)

    /// `Experiments/lenet.yaml:12 (arm lrn)`, `default`, `--set`.
    public var description: String {
        let place = position.map { "\($0.file):\($0.line)" } ?? ""
        return switch layer {
        case .standard: "default"
        case .model: "\(place) (model)"
        case .base: "\(place) (base)"
        case .profile(let name): "\(place) (profile \(name))"
        case .arm(let name): "\(place) (arm \(name))"
        case .sweep: "\(place) (sweep)"
        case .override: "--set"
        }
    }
}
