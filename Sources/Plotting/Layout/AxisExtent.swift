import Foundation

/// The range of values that an axis must show, gathered from marks.
struct AxisExtent {
    private(set) var lower = Double.infinity
    private(set) var upper = -Double.infinity
    /// The part of the range that is left free at either end, so that no data lie on the frame.
    var padding = 0.0
    /// Whether the ends must stay where they are, as the edges of cells and the feet of bars do.
    private(set) var keepsLower = false
    private(set) var keepsUpper = false

    var isEmpty: Bool { lower > upper }

    mutating func include(_ values: [Double], positiveOnly: Bool) {
        for value in values where value.isFinite && (!positiveOnly || value > 0) {
            lower = min(lower, value)
            upper = max(upper, value)
        }
    }

    mutating func merge(_ other: AxisExtent) {
        // A padded neighbour may reach beyond a fixed end; only the end that is the outermost decides.
        keepsLower =
            other.lower < lower ? other.keepsLower : lower < other.lower ? keepsLower : keepsLower || other.keepsLower
        keepsUpper =
            other.upper > upper ? other.keepsUpper : upper > other.upper ? keepsUpper : keepsUpper || other.keepsUpper
        lower = min(lower, other.lower)
        upper = max(upper, other.upper)
        padding = max(padding, other.padding)
    }

    /// The values that `marks` need on one axis.
    init(_ marks: [Mark], vertical: Bool, axis: Axis) {
        var isLogarithmic = false
        if case .logarithmic = axis.scale { isLogarithmic = true }
        for mark in marks {
            let need = mark.need(vertical: vertical)
            include(need.values, positiveOnly: isLogarithmic)
            padding = max(padding, need.padding)
            for value in need.fixed where value.isFinite {
                if value <= lower { keepsLower = true }
                if value >= upper { keepsUpper = true }
            }
        }
    }

    /// The scale of the axis: the declared ends where there are any, otherwise the data's with some room.
    func scale(_ axis: Axis) -> ResolvedScale {
        switch axis.scale {
        case .categories(let names):
            return ResolvedScale(.linear, from: -0.5, to: Double(max(1, names.count)) - 0.5)
        case .linear:
            var (lower, upper) = isEmpty ? (0, 1) : (self.lower, self.upper)
            if lower == upper {
                (lower, upper) = lower == 0 ? (-0.5, 0.5) : (lower - abs(lower) / 10, lower + abs(lower) / 10)
            }
            let room = (upper - lower) * padding
            let padded = keepsLower ? lower : lower - room
            // What is never negative does not get a negative axis.
            let first = axis.lower ?? (lower >= 0 ? max(0, padded) : padded)
            let last = axis.upper ?? (keepsUpper ? upper : upper + room)
            guard last > first else { return ResolvedScale(.linear, from: first, to: first + max(1, abs(first))) }
            let near = nearRound(from: first, to: last)
            return ResolvedScale(.linear, from: axis.lower ?? near.lower, to: axis.upper ?? near.upper)
        case .logarithmic:
            var (lower, upper) = isEmpty ? (1, 10) : (self.lower, self.upper)
            if lower == upper { (lower, upper) = (lower / 2, upper * 2) }
            let room = pow(upper / lower, padding)
            let first = axis.lower.flatMap { $0 > 0 ? $0 : nil } ?? (keepsLower ? lower : lower / room)
            let last = axis.upper ?? (keepsUpper ? upper : upper * room)
            return ResolvedScale(.logarithmic, from: first, to: last > first ? last : first * 10)
        }
    }
    /// The ends moved out to round values where these are very near: steps 1 to 4999 are shown from 0 to 5000.
    private func nearRound(from lower: Double, to upper: Double) -> (lower: Double, upper: Double) {
        guard padding == 0, !keepsLower, !keepsUpper else { return (lower, upper) }
        let reach = (upper - lower) * 0.02
        let placement = TickPlacement.place(
            on: ResolvedScale(.linear, from: lower - reach, to: upper + reach), count: 8)
        return (
            placement.major.first { $0 <= lower } ?? lower,
            placement.major.last { $0 >= upper } ?? upper
        )
    }
}

extension Mark {
    /// The values of one axis that the mark needs, the room that it wants around them, and those that are edges by themselves.
    fileprivate func need(vertical: Bool) -> (values: [Double], padding: Double, fixed: [Double]) {
        let roomy = 0.05
        switch self {
        case .line(let x, let y, _, _), .steps(let x, let y, _, _):
            return vertical ? (y, roomy, []) : (x, 0, [])
        case .band(let x, let lower, let upper, _, _):
            return vertical ? (lower + upper, roomy, []) : (x, 0, [])
        case .points(let x, let y, _, _, _):
            return (vertical ? y : x, roomy, [])
        case .interval(let direction, let at, let from, let to, _, _):
            return ((direction == .vertical) == vertical ? [from, to] : [at], roomy, [])
        case .heatMap(let map):
            let edges = vertical ? map.yEdges : map.xEdges
            return (edges, 0, edges)
        case .rule(let direction, let at, _, _):
            return (direction == .vertical) == vertical ? ([], 0, []) : ([at], 0, [])
        case .note(_, let x, let y, _, _):
            return (vertical ? [y] : [x], 0, [])
        }
    }
}
