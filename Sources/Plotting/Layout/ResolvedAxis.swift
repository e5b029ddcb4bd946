import Foundation

/// An axis whose range is known: it places values and ticks along a length.
struct ResolvedAxis {
    /// One number or name beside the axis.
    struct Label: Equatable {
        /// The place along the axis, 0 to 1 from the left or from the bottom.
        var fraction: Double
        /// The words, one line each.
        var lines: [String]

        var width: Double {
            lines.map { TextMetrics.width(of: $0, size: Typography.tickSize) }.max() ?? 0
        }
        var height: Double { Typography.blockHeight(lines: lines.count, size: Typography.tickSize) }
    }

    /// What stands along the axis for a certain length.
    struct Marks {
        var labels: [Label] = []
        var minor: [Double] = []
        /// Whether the labels of a horizontal axis read upwards because they are too long to stand side by side.
        var areTurned = false
    }

    let axis: Axis
    let scale: ResolvedScale
    let isVertical: Bool
    /// The least distance between ticks in points; nil suits a plot.
    var tickSpacing: Double?

    var isReversed: Bool { axis.isReversed ?? (isVertical && axis.categories != nil) }

    /// The place of a value along the axis, 0 to 1 from the left or from the bottom; NaN where the scale has no such value.
    func fraction(_ value: Double) -> Double {
        let fraction = scale.fraction(value)
        return isReversed ? 1 - fraction : fraction
    }

    func marks(length: Double) -> Marks {
        if let names = axis.categories { return categoryMarks(names, length: length) }
        let isLogarithmic = scale.kind == .logarithmic
        switch axis.ticks {
        case .none: return Marks()
        case .at(let values):
            let shown = values.filter(scale.contains)
            return Marks(labels: labels(shown, isLogarithmic: isLogarithmic))
        case .automatic:
            return automaticMarks(length: length, isLogarithmic: isLogarithmic)
        }
    }

    private func automaticMarks(length: Double, isLogarithmic: Bool) -> Marks {
        func marks(count: Int) -> Marks {
            let placement = TickPlacement.place(on: scale, count: count)
            let gap = length / Double(max(1, placement.minor.count + placement.major.count))
            let isRoomy = gap >= (isLogarithmic ? 3 : 8)
            return Marks(
                labels: labels(placement.major, isLogarithmic: isLogarithmic),
                minor: isRoomy ? placement.minor.map(fraction) : [])
        }
        let usual = max(2, Int(length / (tickSpacing ?? (isVertical ? 34 : 52))))
        // As many as fit, so that long numbers make the ticks rarer and not the numbers collide.
        let fitting =
            (1...usual).reversed().lazy.map(marks).first { fits($0.labels, length: length) } ?? marks(count: 1)
        guard fitting.labels.count < 3 else { return fitting }
        // One or two numbers hardly make a scale: closer ones are better where they fit.
        let closer = (usual + 1...usual + 4).lazy.map(marks).first { $0.labels.count > 2 }
        return closer.flatMap { fits($0.labels, length: length) ? $0 : nil } ?? fitting
    }

    private func labels(_ values: [Double], isLogarithmic: Bool) -> [Label] {
        let texts = axis.format.labels(values, isLogarithmic: isLogarithmic)
        return zip(values, texts).map { Label(fraction: fraction($0), lines: [$1]) }.sorted {
            $0.fraction < $1.fraction
        }
    }

    /// Whether no label comes near its neighbour.
    private func fits(_ labels: [Label], length: Double) -> Bool {
        zip(labels, labels.dropFirst()).allSatisfy { first, second in
            let distance = (second.fraction - first.fraction) * length
            return isVertical
                ? distance >= Typography.lineHeight(Typography.tickSize)
                : distance >= (first.width + second.width) / 2 + 0.9 * Typography.tickSize
        }
    }

    // MARK: Names

    private func categoryMarks(_ names: [String], length: Double) -> Marks {
        if case .none = axis.ticks { return Marks() }
        let slot = length / Double(max(1, names.count))
        func labels(width: Double) -> [Label] {
            names.enumerated().map { index, name in
                Label(
                    fraction: fraction(Double(index)),
                    lines: TextMetrics.balanced(name, to: width, size: Typography.tickSize))
            }.sorted { $0.fraction < $1.fraction }
        }
        if isVertical { return Marks(labels: labels(width: 190)) }
        let level = labels(width: slot - 10)
        if level.allSatisfy({ $0.width <= slot - 6 && $0.lines.count <= 4 }) { return Marks(labels: level) }
        return Marks(labels: labels(width: 150), areTurned: true)
    }
}

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
