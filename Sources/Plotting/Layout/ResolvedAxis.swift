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

    /// The numbers or names for an axis of the given length in points.
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
