import Vocabulary

/// How the learning rate changes over a run. The formulas and names are Caffe's (`sgd_solver.cpp`), but for
/// ``RelativeExponentialRate``.
public protocol RatePolicy: Configurable, Equatable {
    /// The rate of step `step` (from 0) of `total`, given the optimizer's base rate.
    func rate(base: Double, step: Int, of total: Int) -> Double
}

/// The rate policies, in the order of the reference. A new one is one file and one line here.
public enum RatePolicyCatalogue {
    /// Every rate policy that a configuration can name.
    public static let all: [any RatePolicy.Type] = [
        FixedRate.self,
        StepRate.self,
        MultistepRate.self,
        ExponentialRate.self,
        RelativeExponentialRate.self,
        InverseRate.self,
        PolynomialRate.self,
    ]
}
