/// Runs over the channels of one pixel, lane by lane.
///
/// For loops that do not work in place: lanes may overlap.
enum ChannelLanes {
    /// Visits lanes that cover all channels: body(the lane's first channel, how many of its places count).
    ///
    /// Where there are at least sixteen channels, the last lane ends with the last channel and repeats what it shares
    /// with the lane before: that is cheaper than storing a part of a lane.
    @inline(__always)
    static func forEach(of channels: Int, _ body: (_ channel: Int, _ count: Int) -> Void) {
        if channels < Lane.width {
            body(0, channels)
        } else {
            var channel = 0
            while channel < channels {
                body(min(channel, channels &- Lane.width), Lane.width)
                channel &+= Lane.width
            }
        }
    }

    /// Stores the places of a lane that count.
    @inline(__always)
    static func store(_ lane: Lane, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        if count == Lane.width {
            target.store(lane, at: 0)
        } else {
            storePart(lane, to: target, count)
        }
    }

    /// Not inlined: it splits the lane, and the compiler would split the whole computation of it, in whole lanes too.
    @inline(never)
    private static func storePart(_ lane: Lane, to target: UnsafeMutablePointer<Float>, _ count: Int) {
        target.store(lane, at: 0, first: count)
    }
}
