import Datasets
import Engine
import Vocabulary

/// What becomes of a network when the data change after training: see ``Datasets/NewData``.
struct NewDataProcedure: MeasuredAtIntervals {
    var every = 1_000_000_000

    static let kind = "new-data"
    static let summary = """
        The accuracy on test images that leave the range that the input normalization was fitted to: every pixel brighter, \
        every pixel times a factor, or one broken pixel an image. Nothing is fitted anew and nothing is clipped. \
        The input `binary` takes no such changes, and has no rows.
        """
    static let fields: [Field<Self>] = [intervalField(\.every)]
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

    /// How large the changes are.
    static let shifts = [0.05, 0.1, 0.25, 0.5]
    static let factors = [0.25, 0.5, 2.0, 4.0]
    static let outliers = [2.0, 10.0, 100.0]

    private static let changes: [(place: String, at: Double, change: NewData)] =
        shifts.map { ("shift", $0, .shift(255 * $0)) } + factors.map { ("rescaling", $0, .rescaling($0)) }
        + outliers.map { ("outlier", $0, .outlier(255 * $0)) }

    func measurement(of subject: ProcedureSubject) -> (ProcedureMoment) -> [Measurement] {
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
