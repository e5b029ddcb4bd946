import Datasets
import Engine
import Results
import Vocabulary

/// What the input looks like after its normalization: see ``Datasets/InputStatistics`` and ``Datasets/InputSpectrum``.
struct InputStatisticsProcedure: MeasuredOnce {
    var images = 2000
    var spectrum = true

    static let kind = "input-statistics"
    static let summary = """
        What the normalized input looks like, once, before the first update: moments, the share of values in −1…1, test values \
        outside the training set's range, and the condition number of its covariance (LeCun et al. 1998, §4.3).
        """
    static let fields: [Field<Self>] = [
        Field(
            "images", \.images, 1...1_000_000,
            "How many training images are looked at: a random choice, always the same."),
        Field(
            "spectrum", \.spectrum, "Whether eigenvalues are computed, which takes a second or two for 784 features."),
    ]
    static let quantities = [
        Quantity("input-mean", "Mean of the input", .linear, meaning: "the mean of all values"),
        Quantity(
            "input-deviation", "Standard deviation of the input", meaning: "their standard deviation, with divisor n"),
        Quantity("input-minimum", "Smallest value of the input", .linear, meaning: "the smallest value"),
        Quantity("input-maximum", "Largest value of the input", .linear, meaning: "the largest value"),
        Quantity(
            "input-share-within-one", "Share of input values in −1…1", .linear,
            meaning: "the share of values in −1…1: 0.6827 for a normal distribution's z-scores"),
        Quantity(
            "input-skewness", "Skewness of the input", .linear,
            meaning: "the third standardized moment: 0 for a normal distribution"),
        Quantity(
            "input-excess-kurtosis", "Excess kurtosis of the input", .linear,
            meaning: "the fourth standardized moment less 3: 0 for a normal distribution"),
        Quantity(
            "input-share-outside", "Share of test values outside the training set's range", .linear,
            meaning:
                "the share of the test set's values outside the training set's range; no row where nothing is fitted"),
        Quantity(
            "input-covariance-eigenvalue", "Eigenvalue of the input's covariance", axis: "Rank",
            meaning:
                "the eigenvalue of rank `at`, from 1, the largest, of the covariance; those below a millionth of the largest are left out"
        ),
        Quantity(
            "input-covariance-condition", "Condition number of the input's covariance",
            meaning:
                "the largest of them divided by the smallest that is above a millionth of it: at most 10⁶ by this definition, and near "
                + "it wherever eigenvalues go on to zero"),
        Quantity(
            "input-covariance-ratio", "Largest eigenvalue / that of the rank", axis: "Rank",
            meaning: "the largest eigenvalue divided by that of rank `at`: 10 and 100, where there are as many"),
        Quantity(
            "input-covariance-directions", "Effective number of directions (Σλ)²/Σλ²",
            meaning: "the effective number of directions, (Σλ)²/Σλ² of the covariance"),
        Quantity(
            "input-moment-condition", "Condition number of the second moments (with a constant)",
            meaning:
                "the condition number of E[x·xᵀ] with a constant 1 as a further feature: of a linear model's Hessian with its "
                + "bias"),
    ]

    func mistakes(for input: Shape) -> [String] {
        let count = input.count
        guard spectrum, count > InputSpectrum.largestFeatureCount else { return [] }
        return [
            "the input has \(count) features: a spectrum takes at most \(InputSpectrum.largestFeatureCount); write 'spectrum: "
                + "false'"
        ]
    }

    func measurements(of subject: MeasuredRun) -> [Measurement] {
        let (input, dataset) = (subject.input, subject.dataset)
        let statistics = input.statistics(of: dataset.train, limit: images)
        let values =
            [
                Measurement("input-mean", statistics.mean), Measurement("input-deviation", statistics.deviation),
                Measurement("input-minimum", statistics.minimum), Measurement("input-maximum", statistics.maximum),
                Measurement("input-share-within-one", statistics.fractionWithinOne),
                Measurement("input-skewness", statistics.skewness),
                Measurement("input-excess-kurtosis", statistics.excessKurtosis),
            ] + (input.shareOutside(dataset.test).map { [Measurement("input-share-outside", $0)] } ?? [])
        guard spectrum else { return values }
        let spectrum = dataset.spectrum(after: input, limit: images)
        return values
            + spectrum.covariance.prefix { InputSpectrum.counts($0, of: spectrum.covariance) }.enumerated().map {
                Measurement("input-covariance-eigenvalue", at: Double($0 + 1), $1)
            } + spectrum.ratios(ranks: [10, 100]).map { Measurement("input-covariance-ratio", at: Double($0), $1) } + [
                Measurement("input-covariance-condition", InputSpectrum.condition(spectrum.covariance)),
                Measurement("input-covariance-directions", InputSpectrum.participation(spectrum.covariance)),
                Measurement("input-moment-condition", InputSpectrum.condition(spectrum.moments)),
            ]
    }
}

/// What becomes of a network when the data change after training: see ``Datasets/NewData``.
struct NewDataProcedure: MeasuredAtIntervals {
    /// Steps between measurements; nil where the first and the last are all.
    var steps: Int?

    var every: Int { steps ?? .max }

    static let kind = "new-data"
    static let summary = """
        The accuracy on test images that leave the range that the input normalization was fitted to: every pixel brighter, \
        every pixel times a factor, or one broken pixel an image. Nothing is fitted anew and nothing is clipped. \
        The input `binary` takes no such changes, and has no rows.
        """
    static let fields: [Field<Self>] = [
        Field(
            "every", \.steps, .integer(1...1_000_000_000).optional,
            "Steps between measurements, besides those before the first step and after the last; none where these are all."
        )
    ]
    private static let change = "Size of the change"
    static let quantities = [
        Quantity(
            "new-data-accuracy", "Test accuracy after the change", axis: change, .linear,
            meaning:
                "the test accuracy after the change named by the place: `shift`, `at` of the range 0 to 255 added; `rescaling`, "
                + "all values times `at`; `outlier`, one value an image set to `at` times 255"),
        Quantity(
            "new-data-accuracy-lost", "Test accuracy lost", axis: change, .linear,
            meaning: "the accuracy on the test images as they are, less that after the change"),
        Quantity(
            "new-data-share-outside", "Share of test values outside the training set's range", axis: change, .linear,
            meaning: "the share of changed test values outside the training set's range; no row where nothing is fitted"
        ),
    ]

    private static let changes: [(place: String, at: Double, change: NewData)] =
        [0.05, 0.1, 0.25, 0.5].map { ("shift", $0, .shift(255 * $0)) }
        + [0.25, 0.5, 2, 4].map { ("rescaling", $0, .rescaling($0)) }
        + [2, 10, 100].map { ("outlier", $0, .outlier(255 * $0)) }

    func measurement(of subject: MeasuredNetwork) -> (ProcedureMoment) -> [Measurement] {
        { moment in
            let usual = subject.evaluate(moment) { subject.input.fill($0, of: subject.dataset.test, into: &$1) }
                .accuracy
            return Self.changes.flatMap { place, at, change in
                guard let feed = try? NewDataFeed(subject.input, change) else { return [Measurement]() }
                let accuracy = subject.evaluate(moment) { feed.fill($0, of: subject.dataset.test, into: &$1) }.accuracy
                let share = feed.shareOutside(subject.dataset.test)
                return [
                    Measurement("new-data-accuracy", place: place, at: at, accuracy),
                    Measurement("new-data-accuracy-lost", place: place, at: at, usual - accuracy),
                ] + (share.map { [Measurement("new-data-share-outside", place: place, at: at, $0)] } ?? [])
            }
        }
    }
}
