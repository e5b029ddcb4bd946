/// How many values of a whole matrix lie in each bucket: the sum of its panels' counters.
///
/// It says which buckets hold the neighbours of a quantile or an edge of a histogram inside them: only the keys of these
/// need be listed. All others count wholesale.
struct WholeCounts {
    /// A bucket that holds values, and how many lie in those before it.
    struct Entry {
        let bucket: Int
        let count: Int
        let below: Int
    }

    /// What was seen anywhere.
    let seen: BucketRanges
    /// The values that are numbers.
    let numbers: Int
    /// The values that are not.
    let strangers: Int
    private let entries: [Entry]

    /// The sum of panels that have been counted.
    init(_ panels: [Panel]) {
        var seen = BucketRanges()
        for panel in panels { seen.join(panel.seen) }
        var entries: [Entry] = []
        var below = 0
        for range in seen.ranges {
            for bucket in range {
                var counts = SIMD8<UInt32>()
                for panel in panels { counts &+= panel.memory[bucket] }
                let count = Int(counts.wrappedSum())
                guard count > 0 else { continue }
                entries.append(Entry(bucket: bucket, count: count, below: below))
                below += count
            }
        }
        self.seen = seen
        strangers = entries.last.map { $0.bucket == Bucket.none ? $0.count : 0 } ?? 0
        numbers = below - strangers
        self.entries = entries
    }

    /// The key that all values of a bucket share for certain: where only zeros can be.
    func onlyKey(of bucket: Int) -> UInt32? {
        guard seen.zerosArePure else { return nil }
        return bucket == Bucket.zero ? FloatKey.of(0.0) : bucket == Bucket.negativeZero ? FloatKey.of(-0.0) : nil
    }

    /// Whether there may be zeros of both signs.
    var hasBothZeros: Bool { holds(Bucket.negativeZero) && holds(Bucket.zero) }

    private func holds(_ bucket: Int) -> Bool {
        let index = index(of: bucket)
        return index < entries.count && entries[index].bucket == bucket
    }

    /// The bucket of a rank, and the rank within it.
    func find(_ rank: Int) -> (bucket: Int, rank: Int) {
        let entry = entries[partition { $0.below <= rank } - 1]
        return (entry.bucket, rank - entry.below)
    }

    /// How many values lie below a key wholesale, and the bucket in which they must be looked at one by one.
    func below(_ key: UInt32) -> (count: Int, bucket: Int?) {
        let bucket = Bucket.of(key)
        let index = index(of: bucket)
        guard index < entries.count else { return (numbers, nil) }
        let entry = entries[index]
        guard entry.bucket == bucket, key & (1 << Bucket.shift - 1) != 0 else { return (entry.below, nil) }
        guard let only = onlyKey(of: bucket) else { return (entry.below, bucket) }
        return (only < key ? entry.below + entry.count : entry.below, nil)
    }

    /// The first entry of this or a later bucket.
    private func index(of bucket: Int) -> Int { partition { $0.bucket < bucket } }

    /// The number of entries for which something holds, which does for the first of them only.
    private func partition(_ holds: (Entry) -> Bool) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if holds(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
