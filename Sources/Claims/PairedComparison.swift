import Foundation
import Results

public enum Verdict: String, Sendable, CaseIterable {
    /// The whole confidence interval shows at least the minimum effect.
    case reproduced
    /// The whole confidence interval falls short of the minimum effect.
    case notReproduced = "not reproduced"
    /// The interval holds the minimum effect inside, or there is none.
    case inconclusive

    /// The characters of the longest.
    static let width = allCases.map(\.rawValue.count).max() ?? 0
}

/// The comparison of two arms, seed by seed.
///
/// Runs of the same seed start from the same weights and see the same batches, so the differences within seeds are
/// compared: their mean, and Student's 95 % interval around it. Where the minimum effect is a factor, the differences are
/// those of logarithms, and what is reported is the ratio of the arm to what it is compared with (a geometric mean).
///
/// The verdict is *reproduced* when the whole interval shows the minimum effect, *not reproduced* when all of it falls
/// short, and *inconclusive* otherwise, with fewer than two seeds, or where what the arms differ in had no effect at all.
/// A number that is only a bound is taken as it stands where the true one could only strengthen the claim; where the true
/// one could weaken it, the claim is no longer called reproduced, whatever the interval. A number that is only known to a
/// resolution widens the interval by it.
public struct PairedComparison: Equatable, Sendable {
    /// The seeds that both arms have, in ascending order.
    public let seeds: [UInt64]
    /// The arm's numbers over these seeds.
    public let arm: SampleStatistics
    /// The numbers it is compared with.
    public let other: SampleStatistics
    /// Arm minus other, or the ratio of arm to other.
    public let difference: Double
    /// The 95 % confidence interval of `difference`; nil with fewer than two seeds.
    public let interval: ClosedRange<Double>?
    /// What `difference` must reach: at most this for `below`, at least this for `above`.
    public let threshold: Double
    public let verdict: Verdict
    /// What the reader must know about the numbers; each a clause.
    public let remarks: [String]

    /// Compares two arms.
    ///
    /// - Parameters:
    ///   - arm: the arm's measurements by seed.
    ///   - other: those it is compared with.
    ///   - expectation: whether the arm's should be smaller or greater.
    ///   - effect: how much.
    ///   - areTheSameRuns: whether the runs of both agree in everything that was recorded, so that they say nothing.
    public init(
        arm: [UInt64: MeasuredValue], other: [UInt64: MeasuredValue], expectation: ExpectedDirection,
        effect: MinimumEffect, areTheSameRuns: Bool = false
    ) {
        let seeds = arm.keys.filter { other[$0] != nil }.sorted()
        let pairs = seeds.compactMap { seed in arm[seed].flatMap { mine in other[seed].map { (mine, $0) } } }
        let scale = effect.scale
        let sign = expectation == .below ? -1.0 : 1.0
        // From here on, larger is more in favour of the claim.
        let gains = pairs.map { sign * scale.effect($0.0.value, $0.1.value) }
        let ends = pairs.map { mine, theirs in
            [
                sign * scale.effect(mine.value - mine.resolution, theirs.value),
                sign * scale.effect(mine.value, theirs.value - theirs.resolution),
            ].sorted()
        }
        let (least, most) = (ends.map { $0[0] }, ends.map { $0[1] })
        let needed = effect.needed

        self.seeds = seeds
        self.arm = SampleStatistics(pairs.map(\.0.value))
        self.other = SampleStatistics(pairs.map(\.1.value))
        let statistics = SampleStatistics(gains)
        difference = scale.reported(sign * statistics.mean)
        threshold = scale.reported(sign * needed)
        let gainInterval = SampleStatistics(least).interval().flatMap { low in
            SampleStatistics(most).interval().map {
                min(low.lowerBound, $0.upperBound)...max(low.lowerBound, $0.upperBound)
            }
        }
        interval = gainInterval.map {
            let ends = [scale.reported(sign * $0.lowerBound), scale.reported(sign * $0.upperBound)].sorted()
            return ends[0]...ends[1]
        }

        // Whether the true numbers of a pair could speak more against the claim, or more for it, than the bounds do.
        let (less, more): (MeasuredValue.Bound, MeasuredValue.Bound) =
            expectation == .below ? (.atLeast, .atMost) : (.atMost, .atLeast)
        let mayBeLess = pairs.map { $0.0.bound == less || $0.1.bound == more }
        let mayBeMore = pairs.map { $0.0.bound == more || $0.1.bound == less }
        var remarks = Self.remarks(seeds: seeds, pairs)
        if areTheSameRuns {
            remarks.append("both went the same way in every step: what they differ in had no effect here")
            verdict = .inconclusive
        } else {
            verdict = Self.verdict(
                gains: most, interval: gainInterval, needed: needed, mayBeLess: mayBeLess, mayBeMore: mayBeMore,
                remarks: &remarks)
        }
        self.remarks = remarks
    }

    /// - Parameter gains: the greatest that the numbers allow.
    private static func verdict(
        gains: [Double], interval: ClosedRange<Double>?, needed: Double, mayBeLess: [Bool], mayBeMore: [Bool],
        remarks: inout [String]
    ) -> Verdict {
        if gains.contains(where: { !$0.isFinite }) {
            remarks.append("some numbers cannot be compared")
            return .inconclusive
        }
        guard let interval else {
            remarks.append(gains.isEmpty ? "no seed has both numbers" : "one seed: an interval needs two")
            return .inconclusive
        }
        // Equal decimal numbers, such as 0.98 − 0.97 and 0.01, differ in their last bits.
        let tolerance = 1e-12 * max(1, abs(needed))
        // Every pair falls short already at its bound, and the truth can only be worse.
        let areRefuted = gains.indices.allSatisfy { index in
            let isShort = needed == 0 ? gains[index] <= 0 : gains[index] < needed - tolerance
            return isShort && mayBeLess[index] && !mayBeMore[index]
        }
        if areRefuted { return .notReproduced }
        // Where any difference counts, none is not one.
        let fallsShort = needed == 0 ? interval.upperBound <= 0 : interval.upperBound < needed - tolerance
        let isEnough = needed == 0 ? interval.lowerBound > 0 : interval.lowerBound >= needed - tolerance
        if fallsShort, !mayBeMore.contains(true) { return .notReproduced }
        return isEnough && !mayBeLess.contains(true) ? .reproduced : .inconclusive
    }

    /// The remarks on the measured values, each once with the seeds that it is about.
    private static func remarks(seeds: [UInt64], _ pairs: [(MeasuredValue, MeasuredValue)]) -> [String] {
        let remarks = zip(seeds, pairs).flatMap { seed, pair in
            [pair.0.remark, pair.1.remark].compactMap(\.self).map { (remark: $0, seed: seed) }
        }
        return remarks.map(\.remark).distinct.map { remark in
            let list = remarks.filter { $0.remark == remark }.map { String($0.seed) }
            return "\(remark) (\(list.count == 1 ? "seed" : "seeds") \(list.joined(separator: ", ")))"
        }
    }
}

extension MinimumEffect {
    /// How the numbers of a seed are compared.
    var scale: EffectScale {
        switch self {
        case .factor: .ratio
        case .margin: .difference
        }
    }

    /// What must be reached, as a difference or the logarithm of a ratio.
    var needed: Double {
        switch self {
        case .factor(let factor): log(factor)
        case .margin(let margin): margin
        }
    }
}
