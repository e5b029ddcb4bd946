import Vocabulary

/// Whether a product adds a bias.
public enum Bias: String, ConfigurationWord {
    /// A bias, except where everything that follows is a normalization that takes each channel's mean away and adds a shift,
    /// which absorbs it (Ioffe & Szegedy 2015, §3.2).
    case automatic = "auto"
    /// A bias.
    case present = "true"
    /// No bias.
    case absent = "false"

    /// The choice made: never `automatic`.
    func resolved(for surroundings: Surroundings) -> Bias {
        guard self == .automatic else { return self }
        return surroundings.isFollowedByShift ? .absent : .present
    }
}
