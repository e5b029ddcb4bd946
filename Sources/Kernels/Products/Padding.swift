/// The padding of a convolution's operand: which terms of a product are products with zeros and can be left out.
///
/// Leaving out a zero changes no chain of fused multiply-adds (except where a weight is infinite or not a number).
struct Padding {
    /// One axis of the maps: a filter of some taps in a row of places, `stride` pixels apart.
    struct Axis {
        var stride: Int
        var taps: Int
        /// The zeros under the filter at its first place: how far it sticks out in front of the map.
        var pad: Int
        /// The pixels of the map.
        var size: Int

        /// The taps that touch the map at a place.
        @inline(__always)
        func inside(_ place: Int) -> (first: Int, end: Int) {
            let start = pad - place * stride
            let first = min(max(start, 0), taps)
            return (first, max(min(start + size, taps), first))
        }

        /// The taps that touch the map, over some places.
        func useful(places: Int) -> Int {
            (0..<places).reduce(0) { $0 + inside($1).end - inside($1).first }
        }
    }

    /// The filter's rows: the reduction's outer counter.
    var vertical: Axis
    /// The filter's columns: the reduction's middle counter, or its inner one in steps of `tapLength`.
    var horizontal: Axis
    /// The terms of one filter column if they are part of the inner counter, else 0.
    var tapLength: Int
    /// Whether the rows are walked in the order (y, x, image) instead of (image, y, x).
    var imagesAreInner = false

    /// The part of a reduction that is not zero for all rows of a tile.
    struct Window {
        var outer: (first: Int, end: Int)
        var middle: (first: Int, end: Int)
        var inner: (first: Int, end: Int)

        /// All of a reduction.
        init(_ reduction: Walk) {
            outer = (0, reduction.counts.outer)
            middle = (0, reduction.counts.middle)
            inner = (0, reduction.counts.inner)
        }
    }

    /// What is to be computed for `count` rows from a cursor on.
    func window(_ cursor: Walk.Cursor, count: Int, reduction: Walk) -> Window {
        var rows = (first: Int.max, end: 0)
        var columns = (first: Int.max, end: 0)
        var cursor = cursor
        for _ in 0..<count {
            let place = cursor.place
            let y = vertical.inside(imagesAreInner ? place.outer : place.middle)
            let x = horizontal.inside(imagesAreInner ? place.middle : place.inner)
            rows = (min(rows.first, y.first), max(rows.end, y.end))
            columns = (min(columns.first, x.first), max(columns.end, x.end))
            cursor.advance()
        }
        var window = Window(reduction)
        window.outer = rows
        if tapLength > 0 {
            window.inner = (columns.first * tapLength, columns.end * tapLength)
        } else {
            window.middle = columns
        }
        return window
    }
}

extension Product {
    /// Skips the zeros of a padding.
    ///
    /// The rows must be walks of (image, y, x). A tile skips what is zero for all its rows. Rows of pixels mostly agree in
    /// that; pixels of a row do not, and where much is lost so, images are made neighbours instead, which agree in all.
    mutating func skip(_ padding: Padding) {
        var padding = padding
        let width = rows.counts.inner
        let useful = padding.horizontal.useful(places: width)
        if rows.counts.outer >= TwelveRows<WideRow>.count && 8 * useful < 7 * width * padding.horizontal.taps {
            padding.imagesAreInner = true
            rows = rows.turned
            targets = targets.turned
        }
        self.padding = padding
    }
}
