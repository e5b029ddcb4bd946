extension Panel {
    /// The keys at some ranks of each of up to eight columns, and the lists of the buckets that hold them or are wanted of
    /// all columns together. To be called once, after counting.
    ///
    /// - Parameters:
    ///   - ranks: in increasing order.
    ///   - common: the buckets that are wanted of all columns, in increasing order.
    /// - Returns: for each column the keys at the ranks; `FloatKey.none` for a column that holds what is not a number.
    func columnKeys(ranks: [Int], columns: Int, listing common: [Int]) -> [[UInt32]] {
        let pure = seen.zerosArePure ? [Bucket.negativeZero: FloatKey.of(-0.0), Bucket.zero: FloatKey.of(0.0)] : [:]
        let finds = ranks.isEmpty ? [] : find(ranks, columns: columns)
        var wanted: [Int: UInt8] = [:]
        for bucket in common { wanted[bucket] = .max }
        for (lane, finds) in finds.enumerated() {
            for find in finds where pure[find.bucket] == nil { wanted[find.bucket, default: 0] |= 1 << lane }
        }
        list(wanted.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        return finds.enumerated().map { lane, finds in
            var selection: (bucket: Int, list: ListSelection)?
            let keys = finds.map { find in
                if let key = pure[find.bucket] { return key }
                if selection?.bucket != find.bucket {
                    selection = (find.bucket, ListSelection([self.keys(of: find.bucket, lane: lane)]))
                }
                return selection?.list.key(ofRank: find.rank) ?? FloatKey.none
            }
            return keys.isEmpty ? ranks.map { _ in FloatKey.none } : keys
        }
    }

    /// The bucket of each rank of each column, and the rank within; none for a column that holds what is not a number.
    private func find(_ ranks: [Int], columns: Int) -> [[(bucket: Int, rank: Int)]] {
        let strangers = memory[Bucket.none]
        var finds = [[(bucket: Int, rank: Int)]](repeating: [], count: columns)
        var below = SIMD8<UInt32>()
        // The next rank of each column; for a column without one a rank that none reaches.
        var next = SIMD8<UInt32>(repeating: .max)
        for lane in 0..<columns where strangers[lane] == 0 { next[lane] = UInt32(ranks[0]) }
        for range in seen.ranges {
            for bucket in range {
                let upTo = below &+ memory[bucket]
                if any(upTo .> next) {
                    for lane in 0..<columns {
                        while upTo[lane] > next[lane] {
                            finds[lane].append((bucket, Int(next[lane] - below[lane])))
                            next[lane] = finds[lane].count < ranks.count ? UInt32(ranks[finds[lane].count]) : .max
                        }
                    }
                }
                below = upTo
            }
        }
        return finds
    }
}
