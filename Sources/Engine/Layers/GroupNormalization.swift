import Vocabulary

/// Group normalization (Wu & He 2018): each image by the mean and the variance of groups of neighbouring channels, over its
/// positions.
///
/// Where the channels do not divide into `groups` groups of equal size, there are as many as the greatest divisor of the
/// channels that is at most `groups`: 24 for 48 channels and the paper's 32. So one setting serves layers of different
/// widths; a prime number of channels above `groups` leaves a single group, which is layer normalization. A bias before it
/// is not redundant: it shifts the channels of a group against each other.
public struct GroupNormalization: ImageNormalization {
    /// The most groups.
    public var groups = 32
    /// ε, added to the variance inside the root.
    public var epsilon = 1e-5
    /// γ and β.
    public var scaleAndShift = ScaleAndShift()

    /// The word `group-norm`.
    public static let kind = "group-norm"
    /// One sentence for the reference.
    public static let summary = "Group normalization of each image by groups of neighbouring channels (Wu and He 2018)."
    /// What a configuration can say.
    public static let fields: [Field<Self>] =
        [
            Field(
                "groups", \.groups, 1...1_000_000,
                "The number of groups; where it does not divide the channels, their greatest divisor below it.")
        ] + imageFields

    /// At most 32 groups.
    public init() {}
    /// At most the given number of groups.
    public init(groups: Int, epsilon: Double = 1e-5, scale: Bool = true, shift: Bool = true) {
        self.groups = groups
        self.epsilon = epsilon
        scaleAndShift = ScaleAndShift(scale: scale, shift: shift)
    }

    /// `channels` divided by its greatest divisor that is at most `groups`.
    public func channelsPerGroup(of channels: Int) -> Int {
        var count = min(max(groups, 1), channels)
        while channels % count != 0 { count -= 1 }
        return channels / count
    }
}
