/// Student's t distribution, for the confidence interval of a mean over few seeds.
public struct Student: Sendable {
    /// The probability that a value is at most `t`.
    ///
    /// - Parameter degrees: degrees of freedom, at least 1.
    public static func probability(below t: Double, degrees: Int) -> Double {
        precondition(degrees >= 1, "\(degrees) degrees of freedom")
        let tail = 0.5 * tails(beyond: t, degrees: degrees)
        return t < 0 ? tail : 1 - tail
    }

    /// The value that a share `p` of the distribution lies below. Relative error about 1e-12.
    ///
    /// - Parameters:
    ///   - p: between 0 and 1, both excluded.
    ///   - degrees: degrees of freedom, at least 1.
    public static func quantile(_ p: Double, degrees: Int) -> Double {
        precondition(p > 0 && p < 1, "the quantile of \(p) is not defined")
        precondition(degrees >= 1, "\(degrees) degrees of freedom")
        if p == 0.5 { return 0 }
        // The tails keep their precision where the probability itself would round to one.
        let target = 2 * min(p, 1 - p)
        var high = 1.0
        while tails(beyond: high, degrees: degrees) > target { high *= 2 }
        var low = high == 1 ? 0 : high / 2
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if tails(beyond: middle, degrees: degrees) > target { low = middle } else { high = middle }
        }
        return p < 0.5 ? -high : high
    }

    /// The probability of a value further from zero than `t`.
    private static func tails(beyond t: Double, degrees: Int) -> Double {
        let degrees = Double(degrees)
        return IncompleteBeta.regularized(degrees / 2, 0.5, at: degrees / (degrees + t * t))
    }
}
