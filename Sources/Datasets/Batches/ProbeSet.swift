/// The images that observations look at: chosen once and the same at every step, for otherwise what seems to be a change of
/// the network may be a change of the images.
public enum ProbeSet: Hashable, Sendable {
    /// The first images of the set. Sets are not always shuffled: the two halves of MNIST's test set are of other writers.
    case first(Int)
    /// A random choice without repetition, in increasing order, from the stream `probe` of the seed.
    case sample(Int, seed: UInt64)

    /// The chosen images as indices into a set of `count` images; all of them where more are asked for than there are.
    public func indices(count: Int) -> [Int] {
        switch self {
        case .first(let size):
            return Array(0..<min(max(size, 0), count))
        case .sample(let size, let seed):
            return SeededStream(seed: seed, "probe").permutation(of: count).prefix(max(size, 0)).sorted()
        }
    }
}
