import Kernels

/// How the slope of a network's function changes along a line: whether gradients at neighbouring inputs have anything to do
/// with one another, or are shattered (Balduzzi et al. 2017, §2 and Figure 1).
///
/// For a network f: R → R and a grid of points x₁ … xₙ in [−2, 2], it is g(xᵢ) = f′(xᵢ), f the network's first output.
/// Batch normalizations take the mean and the (biased) variance of the grid, which is then held fixed: f(x) is a function of
/// x alone, has the values of the pass with the grid as a batch, and f′ is its exact slope. (The gradient of the sum over
/// the batch, with statistics that depend on all points, is the slope of no function of one point.) Nothing of the model
/// that is measured changes.
///
/// Complexity: two forward passes and a backward pass.
public final class GradientCorrelation {
    /// The grid.
    public let points: [Double]
    private let differentiator: Differentiator

    /// A measurement of networks of one input value.
    ///
    /// - Parameters:
    ///   - network: a network whose input is 1 × 1 × 1.
    ///   - points: how many points the grid has, at least two; both ends are among them.
    ///   - range: from where to where it goes.
    public init(_ network: Network, points: Int = 256, range: ClosedRange<Double> = -2...2, team: Team) {
        precondition(network.input.count == 1, "a function of one number, not of \(network.input)")
        precondition(points > 1, "a grid has at least two points")
        differentiator = Differentiator(network, batch: points, team: team)
        let step = (range.upperBound - range.lowerBound) / Double(points - 1)
        self.points = (0..<points).map { range.lowerBound + Double($0) * step }
    }

    /// f at the points, and its slopes there.
    public struct Curve: Equatable, Sendable {
        /// f(xᵢ).
        public let values: [Double]
        /// f′(xᵢ).
        public let slopes: [Double]
    }

    /// The curve of a model of the network.
    public func measure(_ model: Model) -> Curve {
        differentiator.take(model, phase: .inference(.batch)) { input, _ in
            input.copy(from: points.map(Float.init))
        }
        differentiator.forward()
        differentiator.fixStatistics()
        let output = differentiator.value(differentiator.network.nodes.count)
        let values = (0..<points.count).map { Double(output[$0, 0]) }
        let gradient = differentiator.gradient(differentiator.network.nodes.count)
        gradient.fill(0)
        for point in 0..<points.count { gradient[point, 0] = 1 }
        differentiator.backward()
        let slopes = differentiator.gradient(0)
        return Curve(values: values, slopes: (0..<points.count).map { Double(slopes[$0, 0]) })
    }
}

extension Differentiator {
    /// Computes every value once more with the statistics that the last pass had of its batch, held fixed from now on.
    fileprivate func fixStatistics() {
        program.forEachBatchStatistics { state, mean, variance in
            state.populationMean.copy(from: mean)
            state.populationVariance.copy(from: variance)
            state.populationBatches = 1
        }
        forward(phase: .inference(.population))
    }
}

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
