/// Where the quantiles of type 7 lie among sorted values: at p·(n − 1), interpolated between the neighbours.
struct QuantilePlaces: Sendable {
    /// The ranks of all neighbours, each once, in increasing order.
    let ranks: [Int]
    private let places: [Double]
    /// For each quantile the indices of its two neighbours in `ranks`.
    private let neighbours: [(lower: Int, upper: Int)]

    /// The places among `count` values. Without values there are no ranks.
    init(_ probabilities: [Double], count: Int) {
        places = probabilities.map { probability in
            precondition(probability >= 0 && probability <= 1, "a probability of \(probability)")
            return probability * Double(max(count - 1, 0))
        }
        let pairs = places.map { (Int($0), min(Int($0) + 1, max(count - 1, 0))) }
        let ranks = count > 0 ? Set(pairs.flatMap { [$0.0, $0.1] }).sorted() : []
        self.ranks = ranks
        neighbours = count > 0 ? pairs.map { (ranks.firstIndex(of: $0.0) ?? 0, ranks.firstIndex(of: $0.1) ?? 0) } : []
    }

    /// The quantiles, given the keys at `ranks`; NaN where there are none or they are of no numbers.
    func quantiles(_ keys: [UInt32]) -> [Float] {
        guard !keys.isEmpty else { return places.map { _ in .nan } }
        return places.indices.map { index in
            let (lowerKey, upperKey) = (keys[neighbours[index].lower], keys[neighbours[index].upper])
            guard lowerKey != FloatKey.none, upperKey != FloatKey.none else { return .nan }
            let (lower, upper) = (Double(FloatKey.value(of: lowerKey)), Double(FloatKey.value(of: upperKey)))
            let share = places[index] - Double(Int(places[index]))
            // An infinite neighbour must not be multiplied with a share of nothing, nor be taken from itself.
            return share == 0 || lower == upper ? Float(lower) : Float(lower + (upper - lower) * share)
        }
    }
}
