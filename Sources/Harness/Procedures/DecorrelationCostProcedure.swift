import Datasets
import Engine
import Vocabulary

/// What decorrelating a layer's activations costs against normalizing each by itself: see ``Engine/Decorrelation``.
struct DecorrelationCostProcedure: MeasuredOnce {
    var rounds = 7

    static let kind = "decorrelation-cost"
    static let summary = """
        What Cov[x]^(−½)·(x − E[x]) of a layer of 32, 64, 128 and 256 features costs in a forward pass, against batch \
        normalization (Ioffe & Szegedy 2015, §2, §3), once, before the first update, on activations that are drawn for it. \
        Times differ from run to run, as nothing else of a run does.
        """
    static let fields: [Field<Self>] = [
        Field("rounds", \.rounds, 1...1000, "How often each pass is timed, in turns with the other.")
    ]
    private static let features = "Features of the layer"
    static let quantities = [
        Quantity(
            "decorrelation-time", "Time of decorrelating (milliseconds)", axis: features,
            meaning:
                "milliseconds of a decorrelation of `at` features, on the run's threads: covariance, its inverse square root, "
                + "and the product with it, of a batch of twice as many samples or the run's `batch`, whichever is more; the "
                + "median of the rounds"),
        Quantity(
            "normalization-time", "Time of normalizing (milliseconds)", axis: features,
            meaning: "milliseconds of batch normalization's forward pass of the same activations, by its own kernels"),
        Quantity(
            "decorrelation-cost-ratio", "Time of decorrelating / time of normalizing", axis: features,
            meaning: "the first time divided by the second, tenth percentile of the rounds by tenth percentile"),
        Quantity(
            "decorrelation-operations", "Multiplications of decorrelating", axis: features,
            meaning:
                "multiplications of the decorrelation of m samples of n = `at` features by formula, 2·m·n² + 5½·n³: m·n² for "
                + "the covariance and for the last product each, n³ for the inverse root from eigenvectors, 4½·n³ for these "
                + "(Golub & Van Loan, §8.3.5); a normalization takes 3·m·n"),
        Quantity(
            "decorrelation-rank-deficiency", "Share of the covariance's eigenvalues that are zero", axis: features,
            .bounded,
            meaning:
                "the share of eigenvalues below a millionth of the largest of the covariance of the run's own `batch` of m "
                + "independent normal samples of n = `at` features: 1 − (m − 1)/n for m ≤ n, and then there is no Cov^(−½)"
        ),
    ]

    /// Features of the layers.
    static let widths = [32, 64, 128, 256]

    func measurements(of subject: ProcedureSubject) -> [Measurement] {
        Self.widths.flatMap { measurements(width: $0, subject) }
    }

    private func measurements(width: Int, _ subject: ProcedureSubject) -> [Measurement] {
        let decorrelation = Decorrelation(
            width: width, rows: max(2 * width, subject.batch), seed: subject.seed, team: subject.team
        ) { matrix, size in
            let system = SymmetricEigensystem(matrix, size: size)
            return (system.values, system.vectors)
        }
        let times = InterleavedTimes(rounds: rounds, turn: 0.0003).seconds([
            { decorrelation.decorrelate() }, { decorrelation.normalize() },
        ])
        func measurement(_ quantity: String, _ value: Double) -> Measurement {
            Measurement(quantity, at: Double(width), value)
        }
        return [
            measurement("decorrelation-time", 1e3 * times[0].median),
            measurement("normalization-time", 1e3 * times[1].median),
            measurement("decorrelation-cost-ratio", times[0].ratio(to: times[1])),
            measurement(
                "decorrelation-operations", Decorrelation.multiplications(width: width, rows: decorrelation.rows)),
            measurement(
                "decorrelation-rank-deficiency",
                Decorrelation.rankDeficiency(width: width, rows: subject.batch, seed: subject.seed)),
        ]
    }
}
