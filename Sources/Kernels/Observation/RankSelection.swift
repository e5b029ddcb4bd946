/// Finds order statistics of many floats without sorting them.
///
/// Floats order like integers once negative ones are turned over. The keys are counted by their upper eleven bits, which
/// says for each rank sought in which group it lies; then the keys of these few groups are counted by their next eleven
/// bits, and again by their last ten. Small sets are sorted.
struct RankSelection {
    /// Sets up to this size are sorted.
    private static let smallCount = 256

    private let matrix: Matrix
    private let team: Team

    /// A selection among all elements of a matrix.
    init(_ matrix: Matrix, team: Team) {
        self.matrix = matrix
        self.team = team
    }

    /// The quantiles of type 7: the element of rank p·(n − 1), interpolated between its neighbours.
    func quantiles(_ probabilities: [Double]) -> [Float] {
        let count = matrix.count
        let none = [Float](repeating: .nan, count: probabilities.count)
        guard count > 0 else { return none }
        let places = probabilities.map { probability in
            precondition(probability >= 0 && probability <= 1, "a probability of \(probability)")
            return probability * Double(count - 1)
        }
        let ranks = places.flatMap { place in
            let lower = Int(place)
            return [lower, min(lower + 1, count - 1)]
        }
        guard let values = elements(ofRanks: ranks) else { return none }
        return places.enumerated().map { index, place in
            let lower = Double(values[2 * index])
            let upper = Double(values[2 * index + 1])
            let share = place - Double(Int(place))
            // An infinite neighbour must not be multiplied with a share of nothing, nor be taken from itself.
            return share == 0 || lower == upper ? Float(lower) : Float(lower + (upper - lower) * share)
        }
    }

    /// The elements that would stand at these places if all were sorted; nil if there is a NaN.
    func elements(ofRanks ranks: [Int]) -> [Float]? {
        if matrix.count <= RankSelection.smallCount {
            let elements = matrix.elements
            guard !elements.contains(where: \.isNaN) else { return nil }
            let keys = elements.map(RankSelection.key).sorted()
            return ranks.map { RankSelection.value(ofKey: keys[$0]) }
        }
        var sought = ranks.map { Sought(group: 0, rank: $0, key: 0) }
        let (upper, middle, lower) = (Digit(shift: 21, bits: 11), Digit(shift: 10, bits: 11), Digit(shift: 0, bits: 10))
        let counts = RowCounts(matrix, team: team)

        let uppers = counts.count(upper.values + 1) { value in
            // Not-a-numbers are counted behind the last place.
            value.isNaN ? upper.values : upper.of(RankSelection.key(of: value))
        }
        guard uppers[upper.values] == 0 else { return nil }
        let first = GroupTable(upper, parents: 1, counts: uppers, &sought)

        let middles = counts.count(first.groups * middle.values) { value in
            let key = RankSelection.key(of: value)
            let group = Int(first.next[upper.of(key)])
            return group < 0 ? nil : group * middle.values + middle.of(key)
        }
        let second = GroupTable(middle, parents: first.groups, counts: middles, &sought)

        let lowers = counts.count(second.groups * lower.values) { value in
            let key = RankSelection.key(of: value)
            let parent = Int(first.next[upper.of(key)])
            if parent < 0 { return nil }
            let group = Int(second.next[parent * middle.values + middle.of(key)])
            return group < 0 ? nil : group * lower.values + lower.of(key)
        }
        _ = GroupTable(lower, parents: second.groups, counts: lowers, &sought)
        return sought.map { RankSelection.value(ofKey: $0.key) }
    }

    /// An integer that is in the order of the floats.
    @inline(__always)
    static func key(of value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits & 0x8000_0000 != 0 ? ~bits : bits | 0x8000_0000
    }

    /// The float of a key.
    private static func value(ofKey key: UInt32) -> Float {
        Float(bitPattern: key & 0x8000_0000 != 0 ? key & 0x7FFF_FFFF : ~key)
    }
}

/// A rank on the way to its element.
private struct Sought {
    /// The group of elements in which it lies: those that have the same digits so far.
    var group: Int
    /// Its rank within the group.
    var rank: Int
    /// The digits known so far.
    var key: UInt32
}

/// Some bits of a key.
private struct Digit: Sendable {
    let shift: UInt32
    let bits: UInt32

    /// The number of different digits.
    var values: Int { 1 << Int(bits) }

    @inline(__always)
    func of(_ key: UInt32) -> Int {
        Int(key &>> shift & (1 &<< bits &- 1))
    }
}

/// The groups that matter, split by one more digit of the keys.
private struct GroupTable: Sendable {
    /// For each group so far and each digit, the group that they make; −1 if no rank sought is in it.
    private(set) var next: [Int32]
    /// The number of groups that matter.
    private(set) var groups = 0

    /// Splits groups by a digit, given how often each digit occurs in each, and moves the ranks into the new groups.
    init(_ digit: Digit, parents: Int, counts: [Int], _ sought: inout [Sought]) {
        next = [Int32](repeating: -1, count: parents * digit.values)
        for index in sought.indices {
            let start = sought[index].group * digit.values
            var place = start
            while sought[index].rank >= counts[place] {
                sought[index].rank -= counts[place]
                place += 1
            }
            if next[place] < 0 {
                next[place] = Int32(groups)
                groups += 1
            }
            sought[index].group = Int(next[place])
            sought[index].key |= UInt32(place - start) << digit.shift
        }
    }
}
