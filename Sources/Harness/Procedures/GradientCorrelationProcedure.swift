import Engine
import Vocabulary

/// Whether gradients at neighbouring inputs are alike: see ``Engine/GradientCorrelation``.
struct GradientCorrelationProcedure: MeasuredAtIntervals {
    var every = 200
    var points = 256
    var reach = 2.0
    var lags = 15

    static let kind = "gradient-correlation"
    static let summary =
        """
        How alike the network's gradients are at neighbouring inputs along a line, or how shattered \
        (Balduzzi et al. 2017).
        """
    static let fields: [Field<Self>] = [
        intervalField(\.every),
        Field("points", \.points, 2...65_536, "Points of the grid; published: 256."),
        Field("reach", \.reach, 1e-6...1e6, "The grid goes from minus this to this; published: 2."),
        Field("lags", \.lags, 0...65_535, "The largest distance in points; below their number."),
    ]
    private static let lag = "Distance, in points of the line"
    static let quantities = [
        Quantity(
            "gradient-autocorrelation", "Autocorrelation of the gradient", axis: lag, .bounded,
            meaning:
                "the cosine of the angle between the gradients by the input along the grid and those `at` points on: 1 for "
                + "a linear function, 0 for white noise"),
        Quantity(
            "gradient-autocorrelation-around-mean", "Autocorrelation of the gradient, its mean subtracted", axis: lag,
            .bounded, meaning: "the same as it is defined of time series: the gradients' mean is subtracted"),
    ]

    func mistakes(in network: Network) -> [String] {
        lags < points ? [] : ["'lags' is \(lags) and 'points' is \(points): expected fewer lags than points"]
    }

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
        let correlation = GradientCorrelation(
            subject.model.network, points: points, range: -reach...reach, team: subject.team)
        return { _ in
            let slopes = correlation.measure(subject.model).slopes
            func rows(_ quantity: String, _ values: [Double]) -> [Measurement] {
                values.enumerated().map { Measurement(quantity, at: Double($0), $1) }
            }
            return rows("gradient-autocorrelation", Autocorrelation.cosines(slopes, lags: lags))
                + rows("gradient-autocorrelation-around-mean", Autocorrelation.aroundMean(slopes, lags: lags))
        }
    }
}
