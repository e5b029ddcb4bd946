import Synchronization

/// The items of a loop that one thread of a crew is to run: a range, in one atomic word on cache lines of its own.
///
/// Its thread takes the first item, others the last, by a compare-and-swap: so every item is taken once. Who looks too late
/// finds an empty range or one of another loop, of which it may take an item just as well.
struct Share: ~Copyable {
    /// The first item in the lower half, the end of the range in the upper.
    private let range = Atomic<UInt64>(0)
    /// Keeps the next share off the lines that processors fetch together with this one.
    private let gap = SIMD8<UInt64>()

    /// Neither an item nor a loop to come.
    private static let dismissed: UInt64 = .max >> 32

    /// Hands out a range of items.
    func give(_ items: Range<Int>) {
        range.store(UInt64(items.upperBound) << 32 | UInt64(items.lowerBound), ordering: .sequentiallyConsistent)
    }

    /// Says that there will be no more loops.
    func dismiss() {
        range.store(Share.dismissed, ordering: .sequentiallyConsistent)
    }

    /// Whether there will be no more loops.
    var isDismissed: Bool { range.load(ordering: .acquiring) == Share.dismissed }

    /// Whether there is an item to take, or the end has come.
    @inline(__always)
    var hasNews: Bool {
        let range = range.load(ordering: .sequentiallyConsistent)
        return range & 0xFFFF_FFFF < range >> 32 || range == Share.dismissed
    }

    /// Takes the first item, if there is one.
    @inline(__always)
    func takeFirst() -> Int? {
        take { ($0 & 0xFFFF_FFFF, $0 + 1) }
    }

    /// Takes the last item, if there is one.
    @inline(__always)
    func takeLast() -> Int? {
        take { (($0 >> 32) - 1, $0 - (1 << 32)) }
    }

    @inline(__always)
    private func take(_ split: (UInt64) -> (item: UInt64, rest: UInt64)) -> Int? {
        var current = range.load(ordering: .acquiring)
        while current & 0xFFFF_FFFF < current >> 32 {
            let (item, rest) = split(current)
            let (exchanged, original) = range.weakCompareExchange(
                expected: current, desired: rest, ordering: .acquiringAndReleasing)
            if exchanged { return Int(item) }
            current = original
        }
        return nil
    }
}
