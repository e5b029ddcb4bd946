/// How much a sequence has to do with itself some places on.
public enum Autocorrelation {
    /// For each lag k from 0 to `lags`, Σ gᵢgᵢ₊ₖ / √(Σ gᵢ² · Σ gᵢ₊ₖ²): the cosine of the angle between the sequence and
    /// itself, k places on.
    ///
    /// Nothing is subtracted, since what gradients have in common is a correlation too: over random initial weights
    /// their mean is 0. It is 1 for a constant, about 0 for white noise, NaN for zeros.
    public static func cosines(_ sequence: [Double], lags: Int) -> [Double] {
        precondition(lags < sequence.count, "\(lags) lags in a sequence of \(sequence.count)")
        return (0...lags).map { lag in
            var (product, square, laterSquare) = (0.0, 0.0, 0.0)
            for index in 0..<sequence.count - lag {
                product += sequence[index] * sequence[index + lag]
                square += sequence[index] * sequence[index]
                laterSquare += sequence[index + lag] * sequence[index + lag]
            }
            return product / (square * laterSquare).squareRoot()
        }
    }

    /// For each lag k from 0 to `lags`, Σ (gᵢ − ḡ)(gᵢ₊ₖ − ḡ) / Σ (gᵢ − ḡ)²: the autocorrelation function as it is plotted
    /// of time series (Box & Jenkins, §2.1.4), and in the paper's Figure 1. NaN for a constant.
    public static func aroundMean(_ sequence: [Double], lags: Int) -> [Double] {
        precondition(lags < sequence.count, "\(lags) lags in a sequence of \(sequence.count)")
        let mean = sequence.reduce(0, +) / Double(sequence.count)
        let deviations = sequence.map { $0 - mean }
        let square = deviations.reduce(0) { $0 + $1 * $1 }
        return (0...lags).map { lag in
            var product = 0.0
            for index in 0..<deviations.count - lag { product += deviations[index] * deviations[index + lag] }
            return product / square
        }
    }
}
