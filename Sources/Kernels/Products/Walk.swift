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

    /// The same places with the outermost counter innermost.
    var turned: Walk {
        Walk((counts.middle, counts.inner, counts.outer), steps: (steps.middle, steps.inner, steps.outer))
    }

    /// A place on a walk, which knows the next.
    struct Cursor {
        private let walk: Walk
        /// The state of the counters.
        private(set) var place: (outer: Int, middle: Int, inner: Int)
        /// The number of floats from the start of the walk.
        private(set) var offset: Int

        /// The `index`-th place of a walk.
        init(_ walk: Walk, at index: Int) {
            let (rest, inner) = index.quotientAndRemainder(dividingBy: max(walk.counts.inner, 1))
            let (outer, middle) = rest.quotientAndRemainder(dividingBy: max(walk.counts.middle, 1))
            self.walk = walk
            place = (outer, middle, inner)
            offset = outer * walk.steps.outer + middle * walk.steps.middle + inner * walk.steps.inner
        }

        /// Goes to the next place: a division costs as much as a row of a small tile.
        @inline(__always)
        mutating func advance() {
            place.inner &+= 1
            offset &+= walk.steps.inner
            if place.inner < walk.counts.inner { return }
            place.inner = 0
            place.middle &+= 1
            offset &+= walk.steps.middle &- walk.counts.inner &* walk.steps.inner
            if place.middle < walk.counts.middle { return }
            place.middle = 0
            place.outer &+= 1
            offset &+= walk.steps.outer &- walk.counts.middle &* walk.steps.middle
        }
    }
}
