/// Quantiles of samples by linear interpolation (type 7 of Hyndman & Fan 1996).
enum Quantile {
    /// The value below which `fraction` (0 to 1) of the finite values lie; nil where there are none.
    static func of(_ values: [Double], _ fraction: Double) -> Double? {
        let sorted = values.filter(\.isFinite).sorted()
        guard let last = sorted.last else { return nil }
        let position = fraction * Double(sorted.count - 1)
        let below = Int(position)
        guard below + 1 < sorted.count else { return last }
        return sorted[below] + (position - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}
