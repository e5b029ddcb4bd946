import Datasets
import Engine
import Results
import Vocabulary

/// Whether multiplication is faster for some numbers than for others: see ``MultiplicationThroughput``.
struct MultiplicationThroughputProcedure: MeasuredOnce {
    var rounds = 61

    static let kind = "multiplication-throughput"
    static let summary = """
        How fast this machine multiplies numbers of −1…1, 1…2, 10³…10⁴, zeros and subnormal ones, once, before the first \
        update. These are times: they differ from run to run, as nothing else of a run does.
        """
    static let fields: [Field<Self>] = [
        Field("rounds", \.rounds, 1...1000, "How often each range of operands is timed, in turns with the others.")
    ]
    static let quantities = [
        Quantity(
            "multiplication-throughput", "Multiplications a second (billions)",
            meaning:
                "multiplications of single precision in 10⁹ a second on one thread, from the median of the rounds; `place` is "
                + "the range of the operands (`symmetric`: −1…1; `one-to-two`; `thousands`: 10³…10⁴; `zeros`: 0 times 1…2; "
                + "`subnormal`: both; `subnormal-operand`: one, times 1…2; `subnormal-product`: of normal operands) and what "
                + "multiplies (`scalar`: one product after another, so its latency; `simd`: sixteen at once; `product`: the "
                + "matrix product that dense layers are trained by), as in `symmetric/scalar`"),
        Quantity(
            "multiplication-throughput-spread", "Spread of the times (p90 − p10) / median",
            meaning: "(p90 − p10)/median of the rounds' times: how unsteady they are"),
        Quantity(
            "multiplication-time-ratio", "Time of a multiplication / time with operands in 1…2",
            meaning:
                "the time of a multiplication divided by that with operands in 1…2 of the same kind, tenth percentile of the "
                + "rounds by tenth percentile"),
        Quantity(
            "multiplication-time-ratio-to-thousands", "Time with operands in −1…1 / time with operands in 10³…10⁴",
            meaning:
                "the time with operands in −1…1 divided by that with operands in 10³…10⁴; `place` is `symmetric/scalar` …"
        ),
    ]

    func measurements(of subject: MeasuredRun) -> [Measurement] {
        let entries = MultiplicationThroughput.measure(seed: subject.seed, rounds: rounds)
        return entries.flatMap { entry in
            func ratio(to range: OperandRange) -> Double {
                entries.first { $0.kind == entry.kind && $0.range == range }.map { entry.time.ratio(to: $0.time) }
                    ?? .nan
            }
            let place = "\(entry.range.rawValue)/\(entry.kind.rawValue)"
            var rows = [
                Measurement("multiplication-throughput", place: place, entry.throughput),
                Measurement("multiplication-throughput-spread", place: place, entry.time.spread),
                Measurement("multiplication-time-ratio", place: place, ratio(to: .oneToTwo)),
            ]
            if entry.range == .symmetric {
                rows.append(
                    Measurement("multiplication-time-ratio-to-thousands", place: place, ratio(to: .thousands)))
            }
            return rows
        }
    }
}

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

    func measurements(of subject: MeasuredRun) -> [Measurement] {
        [32, 64, 128, 256].flatMap { measurements(width: $0, subject) }
    }

    private func measurements(width: Int, _ subject: MeasuredRun) -> [Measurement] {
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
