/// The mean of the last `window` values at each place.
enum MovingMean {
    /// Smooths `values`: element i is the mean of the elements i − window + 1 … i that exist.
    ///
    /// From the first value on that is not finite, the mean is NaN: a loss that has left the numbers does not come back.
    /// Takes time proportional to the number of values, by differences of prefix sums.
    static func trailing(_ values: [Double], window: Int) -> [Double] {
        precondition(window >= 1, "a window of \(window) values")
        var sums: [Double] = [0]
        sums.reserveCapacity(values.count + 1)
        for value in values { sums.append((sums.last ?? 0) + value) }
        return values.indices.map { index in
            let start = max(0, index + 1 - window)
            return sums[index + 1].isFinite ? (sums[index + 1] - sums[start]) / Double(index + 1 - start) : .nan
        }
    }
}
