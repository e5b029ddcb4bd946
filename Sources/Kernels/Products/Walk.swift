/// Three nested counters and how far each moves in memory: (image, y, x), (filter row, filter column, channel), …
///
/// The rows and the reduction of every product in this module are walks through the same operand, which is what lets one
/// register tile compute dense layers and convolutions, forward and backward.
struct Walk {
    /// How far each counter runs, the outermost first.
    var counts: (outer: Int, middle: Int, inner: Int)
    /// The number of floats that one step of each counter moves.
    var steps: (outer: Int, middle: Int, inner: Int)

    /// A walk along three counters.
    init(_ counts: (Int, Int, Int), steps: (Int, Int, Int)) {
        self.counts = counts
        self.steps = steps
    }

    /// A walk along one counter.
    init(_ count: Int, step: Int) {
        self.init((1, 1, count), steps: (0, 0, step))
    }

    /// The number of places visited.
    var count: Int { counts.outer * counts.middle * counts.inner }

    /// The offset of the `index`-th place.
    func offset(of index: Int) -> Int {
        let (rest, inner) = index.quotientAndRemainder(dividingBy: counts.inner)
        let (outer, middle) = rest.quotientAndRemainder(dividingBy: counts.middle)
        return outer * steps.outer + middle * steps.middle + inner * steps.inner
    }
}
