import Kernels

/// How the slope of a network's function changes along a line: whether gradients at neighbouring inputs have anything to do
/// with one another, or are shattered (Balduzzi et al. 2017, §2 and Figure 1).
///
/// With f the network's first output, it is g(tᵢ) = d/dt f(x(t)) at the points tᵢ of a grid on [−2, 2]. For a network of one
/// input value x(t) = t, as published. For any other x(t) = c + t·d, the elements of c and d being signs drawn once and for
/// all: to a product, whose weights are random at the start, that is an input t with a random bias.
///
/// Batch normalizations take the mean and the (biased) variance of the grid, which is then held fixed: f(x) is a function of
/// x alone, has the values of the pass with the grid as a batch, and g is its exact slope. (The gradient of the sum over
/// the batch, with statistics that depend on all points, is the slope of no function of one point.) Nothing of the model
/// that is measured changes.
///
/// Complexity: two forward passes and a backward pass.
public final class GradientCorrelation {
    public let points: [Double]
    private let differentiator: Differentiator
    private let origin: [Float]
    private let direction: [Float]

    /// A measurement of models of a network.
    ///
    /// - Parameters:
    ///   - points: how many points the grid has, at least two; both ends are among them.
    ///   - range: from where to where it goes.
    public init(_ network: Network, points: Int = 256, range: ClosedRange<Double> = -2...2, team: Team) {
        precondition(points > 1, "a grid has at least two points")
        differentiator = Differentiator(network, batch: points, team: team)
        let step = (range.upperBound - range.lowerBound) / Double(points - 1)
        self.points = (0..<points).map { range.lowerBound + Double($0) * step }
        let count = network.input.count
        func signs(_ name: String) -> [Float] {
            let stream = RandomStream(seed: 0, "gradient-correlation/\(name)")
            return (0..<count).map { stream.uniform(at: UInt64($0)) < 0.5 ? -1 : 1 }
        }
        origin = count == 1 ? [0] : signs("origin")
        direction = count == 1 ? [1] : signs("direction")
    }

    /// f at the points, and its slopes there.
    public struct Curve: Equatable, Sendable {
        /// f(x(tᵢ)).
        public let values: [Double]
        /// g(tᵢ).
        public let slopes: [Double]
    }

    /// The inputs at all points, in the order of a batch.
    var inputs: [Float] {
        points.flatMap { point in
            origin.indices.map { Float(Double(origin[$0]) + point * Double(direction[$0])) }
        }
    }

    public func measure(_ model: Model) -> Curve {
        differentiator.take(model, phase: .inference(.batch)) { input, _ in input.copy(from: inputs) }
        differentiator.forward()
        differentiator.fixStatistics()
        let last = differentiator.network.nodes.count
        let (output, upstream) = (differentiator.value(last), differentiator.gradient(last))
        upstream.fill(0)
        for point in 0..<points.count { upstream[point, 0] = 1 }
        let values = (0..<points.count).map { Double(output[$0, 0]) }
        differentiator.backward()
        let gradient = differentiator.gradient(0).elements
        let slopes = (0..<points.count).map { point in
            direction.indices.reduce(0) { $0 + Double(direction[$1]) * Double(gradient[point * direction.count + $1]) }
        }
        return Curve(values: values, slopes: slopes)
    }
}

extension Differentiator {
    /// Computes every value once more with the statistics that the last pass had of its batch, held fixed from now on.
    fileprivate func fixStatistics() {
        program.forEachBatchStatistics(images: batch) { state, mean, variance, _ in
            state.populationMean.copy(from: mean)
            state.populationVariance.copy(from: variance)
            state.populationBatches = 1
        }
        forward(phase: .inference(.population))
    }
}

/// The correlation of a sequence with itself, some steps later.
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
