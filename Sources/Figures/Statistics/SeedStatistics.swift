/// Mean and spread of one number over seeds.
struct SeedStatistics: Equatable, Sendable {
    /// How many values there are.
    let count: Int
    /// Their mean; NaN where there are none.
    let mean: Double
    /// The sample standard deviation (divisor n − 1); nil with fewer than two values.
    let deviation: Double?
    let minimum: Double
    let maximum: Double

    /// The statistics of finite values, summed in the order given.
    init(_ values: [Double]) {
        count = values.count
        let mean = values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        deviation = values.count < 2 ? nil : (squares / Double(values.count - 1)).squareRoot()
        minimum = values.min() ?? .nan
        maximum = values.max() ?? .nan
    }

    /// Half the width of the 95 % confidence interval of the mean (Student's t); nil with fewer than two values.
    var confidenceHalfWidth: Double? {
        deviation.map { StudentT.quantile975(degrees: count - 1) * $0 / Double(count).squareRoot() }
    }
}
