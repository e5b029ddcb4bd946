import Foundation
import Plotting
import Results

/// The vertical axis of curves, or the range of colours: all of the runs that finished, and of runs that left it only the way
/// out.
struct CurveRange: Equatable, Sendable {
    let lower: Double
    let upper: Double
    let isLogarithmic: Bool
    /// Whether values of runs that diverged lie beyond it.
    let isClipped: Bool
    /// Whether some values are zeros that it has no place for.
    let hidesZeros: Bool

    /// The range of values; nil where none is finite.
    ///
    /// - Parameters:
    ///   - all: the values of all runs.
    ///   - finished: those of the runs that finished, which decide where there are any.
    ///   - scale: the scale that is asked for; a logarithmic one needs that no value is negative. Without one, it is logarithmic
    ///     for magnitudes that are all positive and span a factor of more than `longSpan`.
    ///   - isMagnitude: whether ratios of the values mean something.
    ///   - margin: the room at either end as a share of the range.
    ///   - longSpan: what a linear axis can show.
    init?(
        all: [Double], finished: [Double], scale: ScaleChoice?, isMagnitude: Bool, margin: Double = 0.06,
        longSpan: Double = 100
    ) {
        let all = all.filter(\.isFinite)
        let finished = finished.filter(\.isFinite)
        let counted = finished.isEmpty ? all : finished
        guard let least = counted.min(), let greatest = counted.max() else { return nil }
        // Where all runs diverge, their last leap would press everything before it together.
        let top = finished.isEmpty ? Quantile.of(all, 0.95) ?? greatest : greatest
        let smallest = counted.filter { $0 > 0 }.min() ?? 0
        let canBeLogarithmic = least >= 0 && smallest > 0 && top > 0
        let isWanted = scale.map { $0 == .log } ?? (isMagnitude && least > 0 && top > longSpan * least)
        let isLogarithmic = canBeLogarithmic && isWanted
        let ends: (lower: Double, upper: Double)
        if isLogarithmic {
            let end = max(top, smallest * 1.2)
            let room = pow(end / smallest, margin)
            ends = (smallest / room, end * room)
        } else {
            let height = top - least
            let room = height > 0 ? margin * height : max(abs(top) * 0.1, 1e-6)
            // A zero that is not far belongs to the picture.
            ends = (least >= 0 && least <= 0.4 * top ? 0 : least - room, top + room)
        }
        self.isLogarithmic = isLogarithmic
        lower = ends.lower
        upper = ends.upper
        isClipped = all.contains { $0 > ends.upper || ($0 < ends.lower && (!isLogarithmic || $0 > 0)) }
        hidesZeros = isLogarithmic && all.contains(0)
    }

    /// The values of one panel: of all runs, and of those that finished.
    struct Values: Sendable {
        var all: [Double] = []
        var finished: [Double] = []

        /// The values of runs, and others that must show beside them; nothing where no run has a finite value.
        init(_ runs: [(values: [Double], isFinished: Bool)], and others: [Double] = []) {
            guard runs.contains(where: { $0.values.contains(where: \.isFinite) }) else { return }
            all = runs.flatMap(\.values) + others
            let finished = runs.filter(\.isFinished).flatMap(\.values)
            self.finished = finished.contains(where: \.isFinite) ? finished + others : []
        }

        init(joining panels: [Values]) {
            all = panels.flatMap(\.all)
            finished = panels.flatMap(\.finished)
        }
    }

    /// The ranges of panels beside each other, nil for those without a finite value: all on one scale, and one range for all
    /// where it leaves no panel's curves flat, or the quantity is bounded.
    static func row(
        _ panels: [Values], scale: ScaleChoice?, of words: Quantity
    ) -> (ranges: [CurveRange?], isShared: Bool) {
        func range(_ values: Values, _ scale: ScaleChoice?) -> CurveRange? {
            CurveRange(all: values.all, finished: values.finished, scale: scale, isMagnitude: words.isMagnitude)
        }
        let union = range(Values(joining: panels), scale)
        let own = panels.map { range($0, union?.isLogarithmic == true ? .log : .linear) }
        guard words.kind == .bounded || areComparable(own.compactMap(\.self)) else { return (own, false) }
        return (own.map { $0 == nil ? nil : union }, true)
    }

    func axis(_ title: String?) -> Axis {
        Axis(title, scale: isLogarithmic ? .logarithmic : .linear, from: lower, to: upper)
    }

    /// Ranges that differ by more than this, by a factor, leave the lower curves flat on a linear axis that is shared.
    private static let comparableSpan = 4.0

    /// Whether ranges can share an axis that leaves none of their curves flat.
    private static func areComparable(_ ranges: [CurveRange]) -> Bool {
        if ranges.allSatisfy(\.isLogarithmic) { return true }
        guard ranges.allSatisfy({ !$0.isLogarithmic }) else { return false }
        let spans = ranges.map { $0.upper - $0.lower }
        return (spans.max() ?? 0) <= comparableSpan * (spans.min() ?? 0)
    }
}

extension Sequence<CurveRange?> {
    /// What a reader must know about values that the axes leave out.
    var notes: [String] {
        let ranges = compactMap(\.self)
        var notes: [String] = []
        if ranges.contains(where: \.isClipped) {
            notes.append("Values beyond the axis, of runs that diverge, are not shown.")
        }
        if ranges.contains(where: \.hidesZeros) { notes.append("Zeros have no place on a logarithmic axis.") }
        return notes
    }
}

/// Vertical ranges in which curves of accuracy (0 to 1) can be read.
///
/// Accuracies rise from chance to near 100 % and then differ by little: on an axis that shows all of it, the curves lie on one
/// another where they matter. So figures show all of it and, beside it, the top.
struct ReadableRange: Equatable, Sendable {
    let lower: Double
    let upper: Double

    /// An arm that ends below this share of the best arm's accuracy has learned nothing that the top could show.
    private static let failedShare = 0.5
    /// A range taller than this share of the whole shows no more than the whole.
    private static let zoomedShare = 0.4

    init(all arms: [ArmCurves]) {
        let values = arms.flatMap { $0.runs.flatMap(\.values) }.filter(\.isFinite)
        self.init(from: values.min() ?? 0, to: values.max() ?? 1)
    }

    /// Where the curves are in the second half of training; nil where the whole shows it as well.
    init?(topOf arms: [ArmCurves]) {
        let finished = arms.filter { $0.diverged.count < $0.runs.count && $0.summary.count >= 4 }
        let ends = finished.map { $0.summary.last?.statistics.mean ?? 0 }
        let best = ends.max() ?? 0
        let working = zip(finished, ends).filter { $0.1 >= Self.failedShare * best }.map(\.0)
        let later = working.flatMap { $0.summary.suffix(($0.summary.count + 1) / 2) }
        guard let least = later.map(\.statistics.minimum).min(), let greatest = later.map(\.statistics.maximum).max()
        else { return nil }
        self.init(from: least, to: greatest)
        let whole = ReadableRange(all: arms)
        guard upper - lower < Self.zoomedShare * (whole.upper - whole.lower) else { return nil }
    }

    /// A panel of everything and, where the top shows more, one of the top; of each the range, the title and whether it is a part.
    static func panels(
        of arms: [ArmCurves], zooms: Bool = true, _ panel: (ReadableRange, String?, Bool) -> Panel
    ) -> [Panel] {
        let whole = ReadableRange(all: arms)
        guard zooms, let top = ReadableRange(topOf: arms) else { return [panel(whole, nil, false)] }
        let words = "Above \(Phrase.percent(top.lower, decimals: nil))"
        return [panel(whole, "All", false), panel(top, words, true)]
    }

    /// From a round number a little below `least` to a little above `greatest`, but not beyond 0 and 100 %.
    private init(from least: Double, to greatest: Double) {
        let step = RoundNumber.atMost(max(greatest - least, 0.002) / 4)
        lower = max(0, ((least - 0.1 * step) / step).rounded(.down) * step)
        upper = max(min(1, greatest + 0.05 * (greatest - lower)), lower + step)
    }
}

/// Round numbers: 1, 2 or 5 times a power of ten.
enum RoundNumber {
    /// The largest round number that is not above `value`.
    static func atMost(_ value: Double) -> Double {
        precondition(value > 0 && value.isFinite, "round numbers are positive")
        let power = pow(10, log10(value).rounded(.down))
        return power * (value / power >= 5 ? 5 : value / power >= 2 ? 2 : 1)
    }
}
