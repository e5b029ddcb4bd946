import Results
import Vocabulary

/// Reads results for a figure: what is wrong with a file is a figure's error.
func reading<Value>(_ body: () throws(CSVError) -> Value) throws(FigureError) -> Value {
    do {
        return try body()
    } catch {
        throw .data(error)
    }
}

extension ExperimentResults {
    /// The curves of a metric for arms that have results; arms without a finished or diverged run are left out.
    func curves(
        _ metric: Metric, arms: [ArmRecord], source: StatisticsSource?, smoothing: Int = 1
    ) throws(FigureError) -> [ArmCurves] {
        try ofSome(arms) { arm throws(CSVError) in
            try curves(metric, arm: arm, source: source, smoothing: smoothing)
        }
    }

    /// What was measured of the arms' runs, finished or diverged. Arms without such runs are left out.
    func measured(_ arms: [ArmRecord]) throws(FigureError) -> [MeasuredArm] {
        try ofSome(arms) { arm throws(CSVError) in try measured(arm) }
    }

    /// What arms have, of those that have any; an error where none has.
    private func ofSome<Part>(
        _ arms: [ArmRecord], _ part: (ArmRecord) throws(CSVError) -> Part?
    ) throws(FigureError) -> [Part] {
        var parts: [Part] = []
        for arm in arms {
            if let part = try reading({ () throws(CSVError) in try part(arm) }) { parts.append(part) }
        }
        guard !parts.isEmpty else {
            let names = Phrase.list(arms.map(\.name))
            throw .nothingToDraw(reason: "no run of \(names) has finished: run the experiment first")
        }
        return parts
    }

    /// When the runs of arms match a baseline; an error where `matches.csv` has none of them.
    func requiredMatches(_ rule: MatchRule, arms: [ArmRecord]) throws(FigureError) -> [ArmMatch] {
        let found = try reading { () throws(CSVError) in try matches(rule, arms: arms) }
        guard !found.isEmpty else {
            throw .nothingToDraw(
                reason: "matches.csv compares none of these arms with '\(rule.baseline)': run the experiment first")
        }
        return found
    }

    /// The arm that a rule compares with.
    func baseline(_ rule: MatchRule) throws(FigureError) -> ArmRecord {
        guard let arm = arms.first(where: { $0.name == rule.baseline }) else {
            throw .badOption(
                "baseline", value: rule.baseline, expected: "an arm among \(arms.map(\.name).joined(separator: ", "))")
        }
        return arm
    }
}

extension [MeasuredArm] {
    /// The places of a quantity that match a pattern; an error that names what there is where no arm has any.
    func requiredPlaces(
        of quantity: String, matching pattern: String, option: String = "quantity"
    ) throws(FigureError) -> [String] {
        let places = places(of: quantity, matching: Glob(pattern))
        guard places.isEmpty else { return places }
        guard quantities.contains(quantity) else {
            throw .badOption(
                option, value: quantity,
                expected: quantities.isEmpty
                    ? "a quantity that was measured; none was"
                    : "one of the measured quantities: \(quantities.joined(separator: ", "))")
        }
        let known = self.places(of: quantity, matching: Glob("*")).map { $0.isEmpty ? "(the whole network)" : $0 }
        throw .badOption(
            "place", value: pattern, expected: "a pattern that matches some of \(known.joined(separator: ", "))")
    }
}

extension MatchRule {
    static let options = [
        FigureOption(name: "baseline", meaning: "the arm whose best accuracy is to be matched"),
        FigureOption(
            name: "smoothing", meaning: "how many consecutive evaluations an accuracy is averaged over; 1 by default"),
        .statistics,
    ]

    /// The rule that a figure's options state.
    init(_ options: FigureOptions) throws(FigureError) {
        self.init(
            baseline: try options.required("baseline", "the arm whose best accuracy is to be matched"),
            smoothing: try options.count("smoothing") ?? 1, statistics: try options.choice("statistics"))
    }

    /// The rule in a sentence for the footnote.
    func sentence(baseline label: String) -> String {
        let smoothed = smoothing == 1 ? "accuracy" : "mean accuracy over \(smoothing) evaluations"
        return
            "An arm matches \(label) at the first evaluation at which its \(smoothed) is at least the best of \(label) with the same seed."
    }
}

extension Metric {
    /// Its name on an axis.
    var axisLabel: String {
        switch self {
        case .testAccuracy: "Test accuracy (%)"
        case .testLoss: "Test loss (cross-entropy, nats)"
        case .trainLoss: "Training loss (cross-entropy, nats)"
        case .trainAccuracy: "Training accuracy (%)"
        }
    }
}
